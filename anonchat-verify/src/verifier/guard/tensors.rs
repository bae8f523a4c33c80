//! The tensors of a graph, as far as they are known before it runs.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::fault::{ModelFault, shown};
use crate::verifier::onnx::{FLOAT, INT64, TensorProto};

/// Dimensions of a tensor.
pub(super) const MOST_RANK: usize = 6;

/// Type and dimensions, and the data if it is constant.
#[derive(Clone)]
pub(super) struct Tensor<'a> {
    kind: i32,
    pub(super) shape: Vec<usize>,
    pub(super) constant: Option<&'a TensorProto>,
}

/// All that have been met, by name.
pub(super) struct Tensors<'a>(HashMap<&'a str, Tensor<'a>>);

impl<'a> Tensor<'a> {
    /// Floats that are known when the model runs.
    pub(super) fn computed(shape: Vec<usize>) -> Self {
        Self { kind: FLOAT, shape, constant: None }
    }

    /// A constant, if its data is as long as its dimensions ask for.
    pub(super) fn constant(proto: &'a TensorProto) -> Result<Self, ModelFault> {
        if proto.data_location != 0 {
            return Err(ModelFault::Unsupported { what: "data in other files" });
        }
        Self::measured(proto).ok_or_else(|| ModelFault::Constant { tensor: shown(&proto.name) })
    }

    fn measured(proto: &'a TensorProto) -> Option<Self> {
        if proto.dims.len() > MOST_RANK {
            return None;
        }
        let shape: Vec<usize> =
            proto.dims.iter().map(|&dim| usize::try_from(dim).ok()).collect::<Option<_>>()?;
        let numbers = shape.iter().try_fold(1usize, |all, &dim| all.checked_mul(dim))?;
        let (size, listed, strange) = match proto.data_type {
            FLOAT => (4, proto.float_data.len(), proto.int64_data.len()),
            INT64 => (8, proto.int64_data.len(), proto.float_data.len()),
            _ => return None,
        };
        let raw = proto.raw_data.len();
        let right = if raw == 0 {
            listed == numbers
        } else {
            listed == 0 && numbers.checked_mul(size) == Some(raw)
        };
        let kind = proto.data_type;
        (right && strange == 0).then_some(Self { kind, shape, constant: Some(proto) })
    }

    /// The dimensions, if it is floats, and at least one.
    pub(super) fn floats(&self) -> Option<&[usize]> {
        (self.kind == FLOAT && self.numbers() > 0).then_some(&*self.shape)
    }

    /// The dimensions, if it is floats that are constant, and at least one.
    pub(super) fn weights(&self) -> Option<&[usize]> {
        self.constant.and(self.floats())
    }

    pub(super) fn numbers(&self) -> usize {
        self.shape.iter().fold(1, |all, &dim| all.saturating_mul(dim))
    }

    pub(super) fn is(&self, (kind, shape): &(i32, Vec<usize>)) -> bool {
        self.kind == *kind && self.shape == *shape
    }
}

impl<'a> Tensors<'a> {
    pub(super) fn constants(protos: &'a [TensorProto]) -> Result<Self, ModelFault> {
        let mut tensors = Self(HashMap::new());
        for proto in protos {
            tensors.define(&proto.name, Tensor::constant(proto)?)?;
        }
        Ok(tensors)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Tensor<'a>> {
        self.0.get(name)
    }

    pub(super) fn define(&mut self, name: &'a str, tensor: Tensor<'a>) -> Result<(), ModelFault> {
        // The empty name stands for an input left out; a zero byte ends a name in C.
        let allowed = !name.is_empty() && !name.contains('\0');
        match self.0.entry(name) {
            Entry::Vacant(entry) if allowed => {
                entry.insert(tensor);
                Ok(())
            }
            _ => Err(ModelFault::Name { name: shown(name) }),
        }
    }
}
