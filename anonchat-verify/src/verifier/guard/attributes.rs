//! Operators and their attributes that are tested.

use super::fault::{ModelFault, shown};
use crate::verifier::onnx::{AttributeProto, NodeProto};

/// [`AttributeProto::type`](AttributeProto)
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Float = 1,
    Int = 2,
    Text = 3,
    Tensor = 4,
    Ints = 7,
}

/// What an operator may be given. What is not here no tested model has.
fn allowed(operator: &str) -> Option<&'static [(&'static str, Kind)]> {
    use Kind::{Float, Int, Ints, Tensor, Text};
    Some(match operator {
        "Add" | "Exp" | "Gemm" | "GlobalAveragePool" | "MatMul" | "Mul" | "PRelu" | "Relu"
        | "Reshape" | "Sigmoid" | "Sub" => &[],
        "AveragePool" => {
            &[("auto_pad", Text), ("kernel_shape", Ints), ("pads", Ints), ("strides", Ints)]
        }
        "BatchNormalization" => &[("epsilon", Float), ("momentum", Float)],
        "Concat" | "Flatten" | "Softmax" => &[("axis", Int)],
        "Constant" => &[("value", Tensor)],
        "Conv" => &[
            ("auto_pad", Text),
            ("dilations", Ints),
            ("group", Int),
            ("kernel_shape", Ints),
            ("pads", Ints),
            ("strides", Ints),
        ],
        "MaxPool" => &[
            ("auto_pad", Text),
            ("ceil_mode", Int),
            ("kernel_shape", Ints),
            ("pads", Ints),
            ("strides", Ints),
        ],
        "Resize" => &[
            ("coordinate_transformation_mode", Text),
            ("cubic_coeff_a", Float),
            ("mode", Text),
            ("nearest_mode", Text),
        ],
        "Transpose" => &[("perm", Ints)],
        _ => return None,
    })
}

/// The attributes of one operator, each known, of its type and there once.
pub(super) struct Attributes<'a>(&'a NodeProto);

impl<'a> Attributes<'a> {
    pub(super) fn of(node: &'a NodeProto) -> Result<Self, ModelFault> {
        if !node.domain.is_empty() {
            return Err(ModelFault::Domain { domain: shown(&node.domain) });
        }
        let Some(allowed) = allowed(&node.op_type) else {
            return Err(ModelFault::Operator { operator: shown(&node.op_type) });
        };
        let this = Self(node);
        for (index, attribute) in node.attribute.iter().enumerate() {
            let known = allowed
                .iter()
                .any(|(name, kind)| *name == attribute.name && *kind as i32 == attribute.r#type);
            // Known ones are few, so this stays linear.
            if !known || node.attribute[..index].iter().any(|a| a.name == attribute.name) {
                return Err(this.fault(&attribute.name));
            }
        }
        Ok(this)
    }

    pub(super) fn operator(&self) -> &'a str {
        &self.0.op_type
    }

    fn find(&self, name: &str) -> Option<&'a AttributeProto> {
        self.0.attribute.iter().find(|attribute| attribute.name == name)
    }

    pub(super) fn int(&self, name: &str) -> Option<i64> {
        self.find(name).map(|attribute| attribute.i)
    }

    pub(super) fn ints(&self, name: &str) -> Option<&'a [i64]> {
        self.find(name).map(|attribute| &*attribute.ints)
    }

    pub(super) fn text(&self, name: &str) -> Option<&'a [u8]> {
        self.find(name).map(|attribute| &*attribute.s)
    }

    pub(super) fn float(&self, name: &str) -> Option<f32> {
        self.find(name).map(|attribute| attribute.f)
    }

    pub(super) fn tensor(&self, name: &str) -> Option<&'a crate::verifier::onnx::TensorProto> {
        self.find(name)?.t.as_deref()
    }

    /// That an attribute does not go.
    pub(super) fn fault(&self, attribute: &str) -> ModelFault {
        ModelFault::Attribute {
            operator: shown(&self.0.op_type),
            tensor: self.made(),
            attribute: shown(attribute),
        }
    }

    /// That the inputs or outputs do not go.
    pub(super) fn misfit(&self) -> ModelFault {
        ModelFault::Misfit { operator: shown(&self.0.op_type), tensor: self.made() }
    }

    fn made(&self) -> String {
        shown(self.0.output.first().map_or("", |output| &**output))
    }
}
