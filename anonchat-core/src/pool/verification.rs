//! Whose gender is known, and which gender a join has.

use super::Pool;
use super::device::{Known, Persona, Slot};
use crate::command::Wish;
use crate::event::Event;
use crate::id::DeviceId;
use crate::order::{Measure, Order};
use crate::policy::Verification;
use crate::profile::{Claim, Gender, Proof};
use crate::rejection::Rejection;
use crate::time::UnixMillis;

impl Pool {
    pub(super) fn verify(&mut self, device: DeviceId, gender: Gender, proof: Proof) {
        let before = self.last_known(device).map(|held| held.given.after(1));
        let given = self.clock.max(before.unwrap_or_default());
        self.note(Order { device, given, measure: Measure::Verify { gender, proof } });
        self.know(device, Known { given, gender, proof });
    }

    /// A device's gender is known, here or in another pool.
    pub(super) fn know(&mut self, device: DeviceId, known: Known) {
        let slot = self.enter(device, self.devices.find(device));
        self.devices[slot].known = Some(known);
        self.tell(slot, Event::Verified { gender: known.gender });
        self.retire(slot);
    }

    /// What is known of a device's gender now.
    pub(super) fn last_known(&self, device: DeviceId) -> Option<Known> {
        self.known_now(self.devices.find(device)?)
    }

    pub(super) fn known_now(&self, slot: Slot) -> Option<Known> {
        self.devices[slot].known.filter(|known| self.clock < self.known_until(known.given))
    }

    /// Until when a gender is known that was made known at an instant.
    pub(super) fn known_until(&self, given: UnixMillis) -> UnixMillis {
        given.after(u64::from(self.policy.matching.verified_s) * 1_000)
    }

    /// Who somebody is for the join that asks for `wish`.
    pub(super) fn persona(&self, slot: Slot, wish: &Wish) -> Result<Persona, Rejection> {
        let claim = self.claim(slot, wish.claim);
        if claim.is_none() && self.policy.verification == Verification::Required {
            return Err(Rejection::VerificationRequired);
        }
        Ok(Persona {
            profile: wish.profile.clone(),
            gender: claim.map(|claim| claim.gender),
            verified: claim.is_some_and(|claim| claim.proof == Proof::Attested),
        })
    }

    /// The gender that a join without a claim of its own would have now.
    pub(super) fn gender_now(&self, slot: Slot) -> Option<Gender> {
        self.claim(slot, None).map(|claim| claim.gender)
    }

    fn claim(&self, slot: Slot, own: Option<Claim>) -> Option<Claim> {
        let known =
            self.known_now(slot).map(|known| Claim { gender: known.gender, proof: known.proof });
        let of = |claim: Option<Claim>, proof| claim.filter(|claim| claim.proof == proof);
        let attested = of(own, Proof::Attested).or(of(known, Proof::Attested));
        let declared = of(own, Proof::Declared);
        match self.policy.verification {
            Verification::Off => declared.or(of(known, Proof::Declared)),
            Verification::Optional => attested.or(declared),
            Verification::Required => attested,
        }
    }
}
