//! What somebody can do against somebody else: block and report.

use anonchat_core::{Alias, Departure, Rejection};

use crate::act::Fact;
use crate::reference::{Block, Outcome, Reference, Report, seconds};

impl Reference {
    /// The pair of an alias and the person behind it, if `who` is the other one and it is not over
    /// for too long.
    fn met(&self, who: usize, alias: Alias) -> Result<(usize, usize), Vec<Rejection>> {
        let after = seconds(self.policy.safety.report_after_s);
        let found = self.pairs.iter().position(|pair| {
            pair.id == alias.pair
                && pair.members[alias.side.other().index()] == who
                && pair.ended.is_none_or(|ended| self.now < ended.after(after))
        });
        let index = found.ok_or_else(|| vec![Rejection::UnknownPeer])?;
        Ok((index, self.pairs[index].members[alias.side.index()]))
    }

    pub(crate) fn block(&mut self, who: usize, target: Alias) -> Outcome {
        let (_, whom) = self.met(who, target)?;
        let held = self.blocks.iter().filter(|block| block.by == who);
        let name = match held.clone().find(|block| block.whom == whom) {
            Some(block) => block.name,
            None => {
                let max = self.policy.matching.max_blocks;
                if held.count() >= max as usize {
                    return Err(vec![Rejection::TooManyBlocks { max }]);
                }
                self.blocks.push(Block { by: who, whom, name: target });
                target
            }
        };
        let mut told = Vec::new();
        if let Some((index, side)) = self.live(who)
            && self.pairs[index].members[side.other().index()] == whom
        {
            self.stop(who, Departure::Blocked, &mut told);
            let id = self.pairs[index].id;
            if name.pair != id {
                self.tell(&mut told, who, Fact::PeerLeft(id, Departure::Blocked));
            }
        }
        self.tell(&mut told, who, Fact::Blocked(name));
        Ok(told)
    }

    pub(crate) fn unblock(&mut self, who: usize, name: Alias) -> Outcome {
        let found = self.blocks.iter().position(|block| (block.by, block.name) == (who, name));
        let index = found.ok_or_else(|| vec![Rejection::UnknownBlock])?;
        let other = self.blocks.remove(index).whom;
        let mut told = Vec::new();
        self.tell(&mut told, who, Fact::Unblocked(name));
        if self.matchable(who) && self.matchable(other) && self.acceptable(who, other) {
            self.meet(who, other, &mut told);
        }
        Ok(told)
    }

    pub(crate) fn report(&mut self, who: usize, target: Alias) -> Outcome {
        let (index, about) = self.met(who, target)?;
        let by = target.side.other().index();
        if std::mem::replace(&mut self.pairs[index].reported[by], true) {
            return Err(vec![Rejection::AlreadyReported]);
        }
        let mut told = Vec::new();
        self.tell(&mut told, who, Fact::Reported(target));
        self.reports.push(Report { at: self.now, by: who, about });
        let (rules, now) = (&self.policy.safety, self.now);
        let window = seconds(rules.report_window_s);
        let recent = self.reports.iter().filter(|r| r.about == about && now < r.at.after(window));
        let mut reporters: Vec<_> = recent.map(|report| report.by).collect();
        reporters.sort_unstable();
        reporters.dedup();
        if reporters.len() >= rules.reports_to_ban as usize {
            let until = now.after(seconds(rules.ban_s));
            told.extend(self.ban(about, until));
        }
        Ok(told)
    }
}
