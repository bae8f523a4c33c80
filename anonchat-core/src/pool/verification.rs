//! Whose gender is known, and which gender a join has.

use super::Pool;
use super::device::{Known, Persona, Slot};
use crate::command::Wish;
use crate::event::Event;
use crate::id::DeviceId;
use crate::policy::Verification;
use crate::profile::{Claim, Gender, Proof};
use crate::rejection::Rejection;

impl Pool {
    pub(super) fn verify(&mut self, device: DeviceId, gender: Gender, proof: Proof) {
        let slot = self.enter(device);
        let until = self.clock.after(u64::from(self.policy.matching.verified_s) * 1_000);
        self.devices[slot].known = Some(Known { gender, proof, until });
        self.tell(slot, Event::Verified { gender });
        self.retire(slot);
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
        let known = self.devices[slot]
            .known
            .filter(|known| self.clock < known.until)
            .map(|known| Claim { gender: known.gender, proof: known.proof });
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
