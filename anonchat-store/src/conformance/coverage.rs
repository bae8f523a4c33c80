//! The floor: a suite that does not reach a rule proves nothing about it.

use anonchat_core::history::Coverage;

use super::Suite;
use super::failure::Failure;

pub(super) fn check(suite: &Suite, covered: &Coverage) -> Result<(), Failure> {
    covered
        .require_each(suite.floor)
        .map_err(|thin| Failure { part: "coverage", ..Failure::unable(thin.to_string()) })
}
