mod operators;

use std::path::PathBuf;

use proptest::prelude::*;
use prost::Message;

use super::*;
use crate::verifier::onnx::{
    AttributeProto, DimensionProto, NodeProto, OperatorSetIdProto, TensorProto, ValueInfoProto,
};

fn tiny(role: Role) -> Vec<u8> {
    let place = Role::ALL.iter().position(|each| *each == role).expect("role");
    crate::verifier::tiny::pack().files.swap_remove(place).1
}

/// What is said of a tiny model after a change.
fn altered(role: Role, change: impl FnOnce(&mut ModelProto)) -> ModelFault {
    let mut model = ModelProto::decode(&*tiny(role)).expect("model");
    change(&mut model);
    check(&model.encode_to_vec(), role).expect_err("a fault")
}

fn graph(role: Role, change: impl FnOnce(&mut GraphProto)) -> ModelFault {
    altered(role, |model| change(model.graph.as_mut().expect("graph")))
}

/// The first operator of a kind, and what is said after a change to it.
fn node(role: Role, operator: &str, change: impl FnOnce(&mut NodeProto)) -> ModelFault {
    graph(role, |graph| {
        change(graph.node.iter_mut().find(|node| node.op_type == operator).expect("operator"));
    })
}

/// What is said when the first such operator has these numbers for an attribute.
fn ints(role: Role, operator: &str, name: &str, ints: &[i64]) -> ModelFault {
    node(role, operator, |node| {
        node.attribute.retain(|attribute| attribute.name != name);
        node.attribute.push(AttributeProto {
            name: name.into(),
            ints: ints.to_vec(),
            r#type: 7,
            ..Default::default()
        });
    })
}

const FULL: Role = Role::Detector;
const SQUARE: Role = Role::GenderSquare;

#[test]
#[expect(clippy::print_stderr, reason = "nobody should take a test that was left out for passed")]
fn the_real_models_pass() {
    let dir = std::env::var_os("ANONCHAT_MODELS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/models"),
        PathBuf::from,
    );
    let names = [
        "yunet_n_320_320",
        "minifasnet_v2_2.7_80x80",
        "minifasnet_v1se_4.0_80x80",
        "faceapi_age_gender",
        "dlib_gender_v1",
    ];
    if !dir.is_dir() {
        eprintln!("NOT TESTED: no models in {}; name them in ANONCHAT_MODELS", dir.display());
        return;
    }
    for (role, name) in Role::ALL.into_iter().zip(names) {
        let model = std::fs::read(dir.join(format!("{name}.onnx"))).expect(name);
        assert_eq!(check(&model, role), Ok(()), "{name}");
        for other in Role::ALL {
            // The two liveness models do not differ in what they take and give.
            let alike = other == role || role.outputs() == other.outputs();
            assert_eq!(check(&model, other).is_ok(), alike, "{name} as {other:?}");
        }
    }
}

#[test]
fn bytes_that_are_no_model_are_refused() {
    assert_eq!(check(b"", FULL), Err(ModelFault::NotOnnx));
    assert_eq!(check(b"\x89PNG", FULL), Err(ModelFault::NotOnnx));
    assert_eq!(check(&tiny(FULL)[..500], FULL), Err(ModelFault::NotOnnx));
    let large = vec![0; MOST_BYTES + 1];
    assert_eq!(check(&large, FULL), Err(ModelFault::TooLarge { most: MOST_BYTES }));
}

#[test]
fn other_versions_and_operators_of_others_are_refused() {
    let version = |what, version| ModelFault::Version { what, version };
    assert_eq!(altered(FULL, |m| m.ir_version = 3), version("the format", 3));
    assert_eq!(altered(FULL, |m| m.opset_import[0].version = 10), version("the operators", 10));
    assert_eq!(altered(FULL, |m| m.opset_import[0].version = 18), version("the operators", 18));
    assert_eq!(altered(FULL, |m| m.opset_import.clear()), version("the operators", 0));
    let other = || OperatorSetIdProto { domain: "ai.onnx.ml".into(), version: 1 };
    let domain = |domain: &str| ModelFault::Domain { domain: domain.into() };
    assert_eq!(altered(FULL, |m| m.opset_import.push(other())), domain("ai.onnx.ml"));
    let twice = OperatorSetIdProto { domain: String::new(), version: 11 };
    assert_eq!(altered(FULL, |m| m.opset_import.push(twice)), domain(""));
    assert_eq!(node(FULL, "Exp", |n| n.domain = "com.example".into()), domain("com.example"));
}

#[test]
fn the_same_model_passes_in_every_version_that_is_let_through() {
    for role in Role::ALL {
        for version in 11..=17 {
            let mut model = ModelProto::decode(&*tiny(role)).expect("model");
            model.opset_import[0].version = version;
            assert_eq!(check(&model.encode_to_vec(), role), Ok(()));
        }
    }
}

#[test]
fn parts_of_the_format_that_are_not_read_are_refused() {
    let unsupported = |what| ModelFault::Unsupported { what };
    let fault = altered(FULL, |model| model.functions.push(Vec::new()));
    assert_eq!(fault, unsupported("functions of its own"));
    let fault = graph(FULL, |graph| graph.sparse_initializer.push(Vec::new()));
    assert_eq!(fault, unsupported("sparse tensors"));
    let fault = graph(FULL, |graph| graph.initializer[0].data_location = 1);
    assert_eq!(fault, unsupported("data in other files"));
}

#[test]
fn anything_but_the_one_input_is_refused() {
    let fault = || ModelFault::Input { name: "input", shape: FULL.input().shape };
    assert_eq!(graph(FULL, |graph| graph.input.clear()), fault());
    assert_eq!(graph(FULL, |graph| graph.input[0].name = "picture".into()), fault());
    assert_eq!(graph(FULL, |graph| graph.input[0].r#type = None), fault());
    let second = ValueInfoProto { name: "second".into(), r#type: None };
    assert_eq!(graph(FULL, |graph| graph.input.push(second)), fault());
    fn dims(graph: &mut GraphProto) -> &mut Vec<DimensionProto> {
        let r#type = graph.input[0].r#type.as_mut().expect("type");
        &mut r#type.tensor_type.as_mut().expect("tensor").shape.as_mut().expect("shape").dim
    }
    assert_eq!(graph(FULL, |graph| dims(graph)[0].dim_value = Some(2)), fault());
    assert_eq!(graph(FULL, |graph| dims(graph)[0].dim_value = Some(-1)), fault());
    assert_eq!(graph(FULL, |graph| dims(graph)[0].dim_value = None), fault());
    assert_eq!(graph(FULL, |graph| dims(graph)[0].dim_param = Some("n".into())), fault());
    assert_eq!(graph(FULL, |graph| drop(dims(graph).pop())), fault());
    let whole = graph(FULL, |graph| {
        let r#type = graph.input[0].r#type.as_mut().expect("type");
        r#type.tensor_type.as_mut().expect("tensor").elem_type = crate::verifier::onnx::INT64;
    });
    assert_eq!(whole, fault());
}

#[test]
fn a_constant_that_is_listed_as_an_input_is_refused() {
    let fault = graph(FULL, |graph| {
        let name = graph.initializer[0].name.clone();
        graph.input.push(ValueInfoProto { name, r#type: None });
    });
    assert_eq!(fault, ModelFault::ConstantAsInput { tensor: "c0".into() });
}

#[test]
fn an_output_that_is_missing_or_different_is_refused() {
    let fault = graph(FULL, |graph| drop(graph.output.remove(1)));
    assert_eq!(fault, ModelFault::Output { name: "obj_8", shape: &[1, 1600, 1] });
    let declaration = |tensor: &str| ModelFault::Declaration { tensor: tensor.into() };
    let fault = graph(FULL, |graph| graph.output[0].r#type = None);
    assert_eq!(fault, declaration("cls_8"));
    let fault = graph(FULL, |graph| graph.output[0].r#type = graph.output[3].r#type.clone());
    assert_eq!(fault, declaration("cls_8"));
    let fault = graph(FULL, |graph| graph.output[0].name = "nowhere".into());
    assert_eq!(fault, declaration("nowhere"));
    let fault = graph(FULL, |graph| graph.output.push(graph.input[0].clone()));
    assert_eq!(fault, declaration("input"));
    let fault = graph(FULL, |graph| graph.output.push(graph.output[0].clone()));
    assert_eq!(fault, ModelFault::Name { name: "cls_8".into() });
    let fault = graph(FULL, |graph| {
        graph.value_info.push(ValueInfoProto {
            name: graph.node[0].output[0].clone(),
            r#type: graph.output[0].r#type.clone(),
        });
    });
    assert_eq!(fault, declaration("AveragePool0"));
}

#[test]
fn constants_whose_data_does_not_agree_with_their_dimensions_are_refused() {
    type Change = fn(&mut TensorProto);
    let changes: [Change; 9] = [
        |tensor| tensor.raw_data.truncate(1),
        |tensor| tensor.raw_data.clear(),
        |tensor| tensor.dims[0] += 1,
        |tensor| tensor.dims[0] = -1,
        |tensor| tensor.dims = vec![i64::MAX; 5],
        |tensor| tensor.dims.extend([1; 10]),
        |tensor| tensor.data_type = 10,
        |tensor| tensor.float_data.push(1.0),
        |tensor| tensor.int64_data.push(1),
    ];
    for change in changes {
        let fault = graph(FULL, |graph| change(&mut graph.initializer[0]));
        assert_eq!(fault, ModelFault::Constant { tensor: "c0".into() });
    }
}

#[test]
fn names_that_are_taken_empty_or_cut_short_in_c_are_refused() {
    let name = |name: &str| ModelFault::Name { name: name.into() };
    let fault = graph(FULL, |graph| graph.initializer.push(graph.initializer[0].clone()));
    assert_eq!(fault, name("c0"));
    let fault = graph(FULL, |graph| graph.node[1].output = graph.node[0].output.clone());
    assert_eq!(fault, name("AveragePool0"));
    assert_eq!(graph(FULL, |graph| graph.node[0].output[0] = "input".into()), name("input"));
    assert_eq!(graph(FULL, |graph| graph.node[2].name = graph.node[1].name.clone()), name("Conv1"));
    assert_eq!(graph(FULL, |graph| graph.node[2].name = "c0".into()), name("c0"));
    assert_eq!(graph(FULL, |graph| graph.node[0].output[0].clear()), name(""));
    assert_eq!(graph(FULL, |graph| graph.node[0].output[0] = "a\0b".into()), name("a\\0b"));
}

#[test]
fn what_is_shown_of_names_is_short_and_printable() {
    let long = "\u{1b}[2Jé".repeat(40);
    let ModelFault::Operator { operator } = node(FULL, "Exp", |n| n.op_type = long) else {
        panic!("another fault");
    };
    assert_eq!(operator.chars().count(), 64);
    assert!(operator.starts_with("\\u{1b}[2Jé") && operator.ends_with('…'));
}

#[test]
fn operators_that_take_what_comes_later_or_never_are_refused() {
    let dangling = |tensor: &str| ModelFault::Dangling {
        operator: "AveragePool".into(),
        tensor: tensor.into(),
    };
    for wrong in ["nowhere", "", "AveragePool0", "cls_8"] {
        let fault = graph(FULL, |graph| graph.node[0].input[0] = wrong.into());
        assert_eq!(fault, dangling(wrong));
    }
    let reversed = graph(FULL, |graph| graph.node.reverse());
    assert!(matches!(reversed, ModelFault::Dangling { .. }));
}

#[test]
fn models_that_take_too_much_memory_or_work_are_refused() {
    let repeat = |operator: &'static str, times: usize| {
        graph(FULL, |graph| {
            let first = graph.node.len();
            for place in first..first + times {
                let input = match operator {
                    "Concat" if place > first => vec![format!("x{}", place - 1); 2],
                    "Concat" => vec!["input".into(); 2],
                    _ => vec!["cls_8".into()],
                };
                let axis =
                    AttributeProto { name: "axis".into(), i: 1, r#type: 2, ..Default::default() };
                graph.node.push(NodeProto {
                    input,
                    output: vec![format!("x{place}")],
                    op_type: operator.into(),
                    attribute: if operator == "Concat" { vec![axis] } else { Vec::new() },
                    ..Default::default()
                });
            }
        })
    };
    assert!(matches!(repeat("Concat", 60), ModelFault::TooMuch { .. }));
    assert!(matches!(repeat("Relu", MOST_NODES), ModelFault::TooMuch { .. }));
    let large = ints(FULL, "AveragePool", "kernel_shape", &[300, 300]);
    assert!(!matches!(large, ModelFault::TooMuch { .. }), "21 by 21 windows are not much");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for role in Role::ALL {
            prop_assert!(check(&bytes, role).is_err());
        }
    }

    #[test]
    fn no_damage_to_a_model_makes_it_panic(
        role in prop::sample::select(&Role::ALL[..]),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut model = tiny(role);
        for (place, byte) in damage {
            let place = place.index(model.len());
            model[place] = byte;
        }
        model.truncate(cut.map_or(model.len(), |cut| cut.index(model.len())));
        let _ = check(&model, role);
    }
}
