//! What a model is refused for.

/// Why a model is not loaded.
///
/// Names out of the model are cut to 64 characters, and what cannot be printed is escaped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelFault {
    /// The file is larger than any that is read.
    #[error("the model has more than {most} bytes")]
    TooLarge {
        /// How many are read.
        most: usize,
    },
    /// The bytes are not an ONNX model, or one without a graph.
    #[error("the bytes are not an ONNX model")]
    NotOnnx,
    /// Another version of the format or of its operators than those tested.
    #[error("version {version} of {what} is not among those tested")]
    Version {
        /// Of the format, or of the operators.
        what: &'static str,
        /// The version; 0 if there is none.
        version: i64,
    },
    /// Operators that are not ONNX's own.
    #[error("the model uses operators of `{domain}`")]
    Domain {
        /// Whose they are.
        domain: String,
    },
    /// A part of the format that is not used here: functions, sparse tensors, data in other files.
    #[error("the model has {what}")]
    Unsupported {
        /// The part.
        what: &'static str,
    },
    /// The graph does not take the one tensor that its role asks for.
    #[error("the model does not take just `{name}`, 32-bit floats {shape:?}")]
    Input {
        /// What it should be called.
        name: &'static str,
        /// Its dimensions.
        shape: &'static [i64],
    },
    /// The graph does not give a tensor that its role asks for.
    #[error("the model does not give `{name}`, 32-bit floats {shape:?}")]
    Output {
        /// What it should be called.
        name: &'static str,
        /// Its dimensions.
        shape: &'static [i64],
    },
    /// A constant is listed as an input as well.
    #[error("the constant `{tensor}` is listed as an input")]
    ConstantAsInput {
        /// The constant.
        tensor: String,
    },
    /// A constant is of another type than those tested, or its data is not as long as its
    /// dimensions ask for.
    #[error("the data of the constant `{tensor}` does not agree with its type and dimensions")]
    Constant {
        /// The constant.
        tensor: String,
    },
    /// Two tensors or two operators have the same name, or a tensor has none that can be passed on.
    #[error("the name `{name}` is taken or not allowed")]
    Name {
        /// The name.
        name: String,
    },
    /// A tensor is declared with other dimensions than those that come out, or without any.
    #[error("what is declared of `{tensor}` is not what comes out")]
    Declaration {
        /// The tensor.
        tensor: String,
    },
    /// An operator that is not tested.
    #[error("the operator `{operator}` is not among those tested")]
    Operator {
        /// The operator.
        operator: String,
    },
    /// An attribute that is not tested, of the wrong type, given twice, or of a value not tested.
    #[error("`{operator}`, which makes `{tensor}`, does not go with its attribute `{attribute}`")]
    Attribute {
        /// The operator.
        operator: String,
        /// What it makes.
        tensor: String,
        /// The attribute.
        attribute: String,
    },
    /// An operator takes a tensor that nothing before it gives.
    #[error("`{operator}` takes `{tensor}`, which nothing before it gives")]
    Dangling {
        /// The operator.
        operator: String,
        /// What it takes.
        tensor: String,
    },
    /// An operator has too many or too few inputs or outputs, or some that do not go together.
    #[error("`{operator}`, which makes `{tensor}`, does not fit what goes into it")]
    Misfit {
        /// The operator.
        operator: String,
        /// What it makes.
        tensor: String,
    },
    /// It would take more memory or time than a model for this purpose may.
    #[error("the model asks for too much memory or work, at `{tensor}`")]
    TooMuch {
        /// Where that is found.
        tensor: String,
    },
}

/// A name as it may be shown: escaped and cut.
pub(super) fn shown(name: &str) -> String {
    const CHARACTERS: usize = 64;
    let mut escaped = name.chars().flat_map(char::escape_debug);
    let mut text: String = escaped.by_ref().take(CHARACTERS).collect();
    if escaped.next().is_some() {
        text.pop();
        text.push('…');
    }
    text
}
