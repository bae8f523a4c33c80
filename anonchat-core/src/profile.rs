//! What people say of themselves and whom they look for.

/// A person's gender, verified or declared. A device that did neither has none, which is not
/// [`Gender::PreferNotToSay`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[cfg_attr(feature = "test-util", derive(arbitrary::Arbitrary))]
pub enum Gender {
    /// `male`
    Male,
    /// `female`
    Female,
    /// `non-binary`
    NonBinary,
    /// `prefer-not-to-say`
    PreferNotToSay,
}

/// Whom somebody is willing to meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "test-util", derive(arbitrary::Arbitrary))]
pub enum Filter {
    /// Everybody, those without a gender included.
    #[default]
    Any,
    /// Only people of this gender.
    Only(Gender),
}

/// What a partner is shown. The lengths are checked at the door, not here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Profile {
    /// The chosen name.
    pub nickname: Option<Box<str>>,
    /// A line about oneself.
    pub bio: Option<Box<str>>,
}

/// How a gender came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "test-util", derive(arbitrary::Arbitrary))]
pub enum Proof {
    /// The person said so.
    Declared,
    /// The verifier said so, or a token that the door has checked.
    Attested,
}

/// A gender with its proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "test-util", derive(arbitrary::Arbitrary))]
pub struct Claim {
    /// What is claimed.
    pub gender: Gender,
    /// On what ground.
    pub proof: Proof,
}

impl Gender {
    /// Every gender, in the order of its index.
    pub const ALL: [Self; 4] = [Self::Male, Self::Female, Self::NonBinary, Self::PreferNotToSay];

    /// 0 to 3.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The name on the wire, such as `non-binary`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
            Self::NonBinary => "non-binary",
            Self::PreferNotToSay => "prefer-not-to-say",
        }
    }

    /// Reads a name on the wire; `None` for anything else.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|gender| gender.as_str() == name)
    }
}

impl Filter {
    /// Every filter, in the order of its index.
    pub const ALL: [Self; 5] = [
        Self::Any,
        Self::Only(Gender::Male),
        Self::Only(Gender::Female),
        Self::Only(Gender::NonBinary),
        Self::Only(Gender::PreferNotToSay),
    ];

    /// 0 for [`Filter::Any`], else 1 more than the gender's index.
    pub const fn index(self) -> usize {
        match self {
            Self::Any => 0,
            Self::Only(gender) => gender.index() + 1,
        }
    }

    /// The gender that is asked for, if one is.
    pub const fn gender(self) -> Option<Gender> {
        match self {
            Self::Any => None,
            Self::Only(gender) => Some(gender),
        }
    }

    /// The name on the wire: `any` or a gender's.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Only(gender) => gender.as_str(),
        }
    }

    /// Reads a name on the wire; `None` for anything else.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|filter| filter.as_str() == name)
    }

    /// Whether somebody of `gender` passes. Who has none passes [`Filter::Any`] only.
    pub const fn accepts(self, gender: Option<Gender>) -> bool {
        match (self, gender) {
            (Self::Any, _) => true,
            (Self::Only(wanted), Some(gender)) => wanted.index() == gender.index(),
            (Self::Only(_), None) => false,
        }
    }
}
