//! Slopes in a form that both backends carry out fast.
//!
//! The one in pure Rust has no operator `PRelu`: it multiplies, compares, and then chooses number by
//! number; the native one goes through it number by number, too. Where no slope is above 1, the larger
//! of `x * slope` and `x` is the same number, and is found by vector instructions.

use std::collections::HashSet;

use prost::Message;

use crate::verifier::onnx::{ModelProto, NodeProto, TensorProto};

/// The same model with its `PRelu`s as `Mul` and `Max`, as far as their slopes allow; `None` if
/// that changes nothing. It is for models that [the guard](crate::verifier::guard) has let
/// through: what others may have besides is lost.
pub(crate) fn as_maxima(model: &[u8]) -> Option<Vec<u8>> {
    let mut model = ModelProto::decode(model).ok()?;
    let graph = model.graph.as_mut()?;
    let gentle: HashSet<String> = graph
        .initializer
        .iter()
        .filter(|slopes| is_gentle(slopes))
        .map(|s| s.name.clone())
        .collect();
    let made = graph.node.iter().flat_map(|node| node.output.iter().chain([&node.name]));
    let given = graph.initializer.iter().map(|constant| &constant.name);
    let taken: HashSet<String> = made.chain(given).cloned().collect();
    let before = graph.node.len();
    for mut node in std::mem::take(&mut graph.node) {
        if let ("PRelu", [x, slopes], [output]) = (&*node.op_type, &*node.input, &*node.output)
            && gentle.contains(slopes)
        {
            let scaled = format!("{output}, scaled");
            if !taken.contains(&scaled) {
                let larger = vec![scaled.clone(), x.clone()];
                graph.node.push(NodeProto {
                    input: std::mem::replace(&mut node.input, larger),
                    output: vec![scaled.clone()],
                    name: scaled,
                    op_type: "Mul".to_owned(),
                    ..NodeProto::default()
                });
                node.op_type = "Max".to_owned();
            }
        }
        graph.node.push(node);
    }
    (graph.node.len() > before).then(|| model.encode_to_vec())
}

fn is_gentle(slopes: &TensorProto) -> bool {
    slopes.floats().is_some_and(|slopes| slopes.iter().all(|slope| *slope <= 1.0))
}

#[cfg(test)]
mod tests {
    use ort::value::TensorRef;

    use super::*;
    use crate::verifier::backend::{self, Backend};
    use crate::verifier::onnx::{
        DimensionProto, FLOAT, GraphProto, OperatorSetIdProto, ShapeProto, TensorTypeProto,
        TypeProto, ValueInfoProto,
    };

    /// One `PRelu` of two channels of three numbers each.
    fn model(slopes: [f32; 2]) -> Vec<u8> {
        let dim = |value| DimensionProto { dim_value: Some(value), dim_param: None };
        let port = |name: &str| ValueInfoProto {
            name: name.to_owned(),
            r#type: Some(TypeProto {
                tensor_type: Some(TensorTypeProto {
                    elem_type: FLOAT,
                    shape: Some(ShapeProto { dim: [1, 2, 1, 3].map(dim).to_vec() }),
                }),
            }),
        };
        let slopes = TensorProto {
            dims: vec![2, 1, 1],
            data_type: FLOAT,
            float_data: slopes.to_vec(),
            name: "slopes".to_owned(),
            ..TensorProto::default()
        };
        let node = NodeProto {
            input: vec!["in".to_owned(), "slopes".to_owned()],
            output: vec!["out".to_owned()],
            name: "leak".to_owned(),
            op_type: "PRelu".to_owned(),
            ..NodeProto::default()
        };
        let graph = GraphProto {
            node: vec![node],
            name: "leaking".to_owned(),
            initializer: vec![slopes],
            input: vec![port("in")],
            output: vec![port("out")],
            ..GraphProto::default()
        };
        let model = ModelProto {
            ir_version: 8,
            graph: Some(graph),
            opset_import: vec![OperatorSetIdProto { domain: String::new(), version: 13 }],
            functions: Vec::new(),
        };
        model.encode_to_vec()
    }

    fn operators(model: &[u8]) -> Vec<String> {
        let graph = ModelProto::decode(model).expect("a model").graph.expect("a graph");
        graph.node.into_iter().map(|node| node.op_type).collect()
    }

    #[test]
    fn gentle_slopes_become_the_larger_of_two() {
        let changed = as_maxima(&model([0.25, -0.5])).expect("changed");
        assert_eq!(operators(&changed), ["Mul", "Max"]);
        assert_eq!(as_maxima(&changed), None);
    }

    #[test]
    fn steep_slopes_stay() {
        assert_eq!(as_maxima(&model([0.25, 1.5])), None);
        assert_eq!(as_maxima(&model([f32::NAN, 0.0])), None);
    }

    #[test]
    fn the_numbers_are_the_same() {
        let runtime = backend::start(&Backend::PureRust).expect("start");
        for slopes in [[0.25, -0.5], [1.0, 0.0], [0.25, 1.5]] {
            let mut session = backend::prepare(&runtime, &model(slopes)).expect("prepare");
            let numbers = [-8.0, 0.0, 3.0, -0.125, 7.5, -1e30_f32];
            let tensor =
                TensorRef::from_array_view(([1_i64, 2, 1, 3], &numbers[..])).expect("tensor");
            let outputs = session.run(ort::inputs!["in" => tensor]).expect("run");
            let (_, found) = outputs["out"].try_extract_tensor::<f32>().expect("floats");
            let leaked = |(at, x): (usize, &f32)| if *x > 0.0 { *x } else { x * slopes[at / 3] };
            assert_eq!(found, numbers.iter().enumerate().map(leaked).collect::<Vec<_>>());
        }
    }
}
