//! x
/// x
pub fn exercise(_data: &[u8]) {}
