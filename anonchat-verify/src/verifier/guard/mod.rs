//! Refuses models that would abort the backend.
//!
//! The backend in pure Rust runs inside functions of the C ABI, where a panic ends the process.
//! It panics on models that are wrong in ways that a checksum does not tell from right ones: an
//! operator's manifest is written by people. So a model is read here first, and every tensor in
//! it has to have a fixed shape that follows from the operators before it.
//!
//! What passes uses only what the tested models use: other operators and attributes are refused
//! even where the backends know them.

mod attributes;
mod fault;
mod operators;
mod tensors;
#[cfg(test)]
mod tests;
mod windows;

pub use fault::ModelFault;

use std::collections::HashSet;

use prost::Message;

use crate::verifier::onnx::{FLOAT, GraphProto, ModelProto};
use crate::verifier::pack::{Port, Role};
use attributes::Attributes;
use fault::shown;
use tensors::{Tensor, Tensors};

/// Bytes of a model. The tested ones have less than 2 MiB.
const MOST_BYTES: usize = 4 << 20;
/// Operators in a model. The tested ones have 117 at most.
const MOST_NODES: usize = 1_024;
/// Numbers in a tensor. The tested models have 409 600 at most.
const MOST_NUMBERS: usize = 1 << 22;
/// Multiplications, roughly, in one run. The tested models have 140 million at most.
const MOST_WORK: u64 = 1 << 30;

/// Checks that a model can be loaded and run in a role without ending the process.
///
/// Takes about the size of a model that is right in memory, but up to 216 times that of one that
/// is made for it (see [`onnx`](crate::verifier::onnx)). Its time grows with the number of bytes.
///
/// # Errors
///
/// [`ModelFault`], the first that is found.
pub(crate) fn check(model: &[u8], role: Role) -> Result<(), ModelFault> {
    if model.len() > MOST_BYTES {
        return Err(ModelFault::TooLarge { most: MOST_BYTES });
    }
    let model = ModelProto::decode(model).map_err(|_| ModelFault::NotOnnx)?;
    let graph = model.graph.as_ref().ok_or(ModelFault::NotOnnx)?;
    versions(&model)?;
    if !model.functions.is_empty() {
        return Err(ModelFault::Unsupported { what: "functions of its own" });
    }
    if !graph.sparse_initializer.is_empty() {
        return Err(ModelFault::Unsupported { what: "sparse tensors" });
    }
    let mut tensors = Tensors::constants(&graph.initializer)?;
    take(graph, role.input(), &mut tensors)?;
    run(graph, &mut tensors)?;
    declarations(graph, &tensors)?;
    give(graph, role, &tensors)
}

fn versions(model: &ModelProto) -> Result<(), ModelFault> {
    // From 4 on, constants need not be inputs; 10 is what opset 17 may come with.
    if !(4..=10).contains(&model.ir_version) {
        return Err(ModelFault::Version { what: "the format", version: model.ir_version });
    }
    let mut version = 0;
    for set in &model.opset_import {
        // Listed twice, backends would not agree on which is meant.
        if set.domain.is_empty() && version == 0 {
            version = set.version;
        } else {
            return Err(ModelFault::Domain { domain: shown(&set.domain) });
        }
    }
    if !(11..=17).contains(&version) {
        return Err(ModelFault::Version { what: "the operators", version });
    }
    Ok(())
}

fn same(port: &Port, shape: &[usize]) -> bool {
    port.shape.iter().copied().eq(shape.iter().map(|&dim| dim as i64))
}

fn take<'a>(
    graph: &'a GraphProto,
    port: Port,
    tensors: &mut Tensors<'a>,
) -> Result<(), ModelFault> {
    if let Some(input) = graph.input.iter().find(|input| tensors.get(&input.name).is_some()) {
        return Err(ModelFault::ConstantAsInput { tensor: shown(&input.name) });
    }
    let fault = ModelFault::Input { name: port.name, shape: port.shape };
    let [input] = &graph.input[..] else { return Err(fault) };
    let Some((FLOAT, shape)) = input.fixed() else { return Err(fault) };
    if input.name != port.name || !same(&port, &shape) {
        return Err(fault);
    }
    tensors.define(&input.name, Tensor::computed(shape))
}

/// Goes through the operators in their order, as the backends do.
fn run<'a>(graph: &'a GraphProto, tensors: &mut Tensors<'a>) -> Result<(), ModelFault> {
    let mut work = 0u64;
    let mut names: HashSet<&str> = graph.input.iter().map(|input| &*input.name).collect();
    names.extend(graph.initializer.iter().map(|tensor| &*tensor.name));
    for (index, node) in graph.node.iter().enumerate() {
        let attributes = Attributes::of(node)?;
        let [output] = &node.output[..] else { return Err(attributes.misfit()) };
        // One backend looks operators up by name, among constants and the input.
        let name = if node.name.is_empty() { output } else { &node.name };
        if !names.insert(name) {
            return Err(ModelFault::Name { name: shown(name) });
        }
        let mut inputs = Vec::with_capacity(node.input.len().min(16));
        for input in &node.input {
            let tensor = tensors.get(input).ok_or_else(|| ModelFault::Dangling {
                operator: shown(&node.op_type),
                tensor: shown(input),
            })?;
            inputs.push(tensor);
        }
        let step = operators::infer(&attributes, &inputs)?;
        work = work.saturating_add(step.work);
        if index >= MOST_NODES || work > MOST_WORK || step.tensor.numbers() > MOST_NUMBERS {
            return Err(ModelFault::TooMuch { tensor: shown(output) });
        }
        tensors.define(output, step.tensor)?;
    }
    Ok(())
}

/// Backends believe what is declared of tensors on the way.
fn declarations(graph: &GraphProto, tensors: &Tensors<'_>) -> Result<(), ModelFault> {
    for declared in &graph.value_info {
        let agrees = tensors
            .get(&declared.name)
            .is_some_and(|tensor| declared.fixed().is_some_and(|fixed| tensor.is(&fixed)));
        if !agrees {
            return Err(ModelFault::Declaration { tensor: shown(&declared.name) });
        }
    }
    Ok(())
}

fn give(graph: &GraphProto, role: Role, tensors: &Tensors<'_>) -> Result<(), ModelFault> {
    let mut names = HashSet::new();
    for output in &graph.output {
        if !names.insert(&*output.name) {
            return Err(ModelFault::Name { name: shown(&output.name) });
        }
        // A constant or the input itself as an output is not what a model is for.
        let made = graph.node.iter().any(|node| node.output.contains(&output.name));
        let agrees = output.fixed().is_some_and(|fixed| {
            fixed.0 == FLOAT && tensors.get(&output.name).is_some_and(|tensor| tensor.is(&fixed))
        });
        if !made || !agrees {
            return Err(ModelFault::Declaration { tensor: shown(&output.name) });
        }
    }
    for port in role.outputs() {
        let right = names.contains(port.name)
            && tensors.get(port.name).is_some_and(|tensor| same(port, &tensor.shape));
        if !right {
            return Err(ModelFault::Output { name: port.name, shape: port.shape });
        }
    }
    Ok(())
}
