use super::*;

fn attribute(node: &mut NodeProto, name: &str) -> usize {
    node.attribute.iter().position(|attribute| attribute.name == name).expect("attribute")
}

#[track_caller]
fn is_attribute(fault: &ModelFault, name: &str) {
    assert!(
        matches!(fault, ModelFault::Attribute { attribute, .. } if attribute == name),
        "{fault:?}"
    );
}

#[track_caller]
fn is_misfit(fault: &ModelFault, name: &str) {
    assert!(matches!(fault, ModelFault::Misfit { operator, .. } if operator == name), "{fault:?}");
}

#[test]
fn operators_that_are_not_tested_are_refused() {
    for operator in ["If", "Loop", "Scan", "Clip", "conv", ""] {
        let fault = node(FULL, "Exp", |node| node.op_type = operator.into());
        assert_eq!(fault, ModelFault::Operator { operator: operator.into() });
    }
}

#[test]
fn attributes_that_are_unknown_doubled_or_of_another_type_are_refused() {
    let extra = AttributeProto { name: "body".into(), r#type: 5, ..Default::default() };
    is_attribute(&node(FULL, "Exp", |node| node.attribute.push(extra)), "body");
    is_attribute(&ints(FULL, "AveragePool", "dilations", &[1, 1]), "dilations");
    let twice = node(FULL, "Conv", |node| node.attribute.push(node.attribute[0].clone()));
    is_attribute(&twice, "kernel_shape");
    for r#type in [0, 1, 2, 3, 4, 5, 6, 8, -1] {
        is_attribute(&node(FULL, "Conv", |n| n.attribute[0].r#type = r#type), "kernel_shape");
    }
}

#[test]
fn windows_that_cannot_be_moved_over_the_picture_are_refused() {
    for wrong in [&[0, 8][..], &[8, -8], &[8], &[8, 8, 8], &[], &[i64::MAX, 8]] {
        is_attribute(&ints(FULL, "AveragePool", "strides", wrong), "strides");
        is_attribute(&ints(FULL, "AveragePool", "kernel_shape", wrong), "kernel_shape");
        is_attribute(&ints(FULL, "Conv", "strides", wrong), "strides");
        is_attribute(&ints(FULL, "Conv", "kernel_shape", wrong), "kernel_shape");
        is_attribute(&ints(FULL, "Conv", "dilations", wrong), "dilations");
    }
    is_misfit(&ints(FULL, "AveragePool", "kernel_shape", &[321, 8]), "AveragePool");
    for wrong in [&[0, 0, 0, -1][..], &[8, 0, 0, 0], &[0, 0], &[], &[i64::MIN; 4], &[i64::MAX; 4]] {
        is_attribute(&ints(FULL, "AveragePool", "pads", wrong), "pads");
    }
    let both = node(FULL, "AveragePool", |node| {
        for (name, r#type) in [("auto_pad", 3), ("pads", 7)] {
            let (s, ints) = (b"SAME_UPPER".to_vec(), vec![0; 4]);
            let attribute =
                AttributeProto { name: name.into(), r#type, s, ints, ..Default::default() };
            node.attribute.push(attribute);
        }
    });
    is_attribute(&both, "auto_pad");
    let group = |i| {
        node(FULL, "Conv", |node| {
            let name = "group".into();
            node.attribute.push(AttributeProto { name, i, r#type: 2, ..Default::default() });
        })
    };
    is_attribute(&group(0), "group");
    is_attribute(&group(-3), "group");
    is_attribute(&group(i64::MAX), "group");
    is_misfit(&group(2), "Conv");
}

#[test]
fn operators_that_do_not_fit_their_inputs_are_refused() {
    let taken = |role, operator, place: usize, tensor: &str| {
        node(role, operator, |node| node.input[place] = tensor.into())
    };
    is_misfit(&taken(FULL, "Conv", 1, "c1"), "Conv");
    is_misfit(&taken(FULL, "Conv", 2, "c0"), "Conv");
    is_misfit(&taken(FULL, "Conv", 1, "input"), "Conv");
    is_misfit(&taken(FULL, "Exp", 0, "c4"), "Exp");
    is_misfit(&taken(FULL, "Mul", 0, "input"), "Mul");
    is_misfit(&taken(FULL, "Concat", 0, "input"), "Concat");
    is_misfit(&taken(FULL, "Reshape", 1, "c0"), "Reshape");
    is_misfit(&taken(SQUARE, "Gemm", 2, "c0"), "Gemm");
    is_misfit(&node(FULL, "Conv", |node| node.input.truncate(1)), "Conv");
    is_misfit(&node(FULL, "Exp", |node| node.input.push("input".into())), "Exp");
    is_misfit(&node(FULL, "Exp", |node| node.output.push("second".into())), "Exp");
    is_misfit(&node(FULL, "Exp", |node| node.output.clear()), "Exp");
    is_misfit(&ints(FULL, "Transpose", "perm", &[0, 1, 1, 3]), "Transpose");
    is_misfit(&ints(FULL, "Transpose", "perm", &[0, 2, 3, 4]), "Transpose");
    is_misfit(&ints(FULL, "Transpose", "perm", &[0, 2, 3]), "Transpose");
    let axis = |role, operator, axis| {
        node(role, operator, |node| {
            let place = attribute(node, "axis");
            node.attribute[place].i = axis;
        })
    };
    for wrong in [-5, 4, i64::MAX, i64::MIN] {
        is_attribute(&axis(FULL, "Concat", wrong), "axis");
        is_attribute(&axis(SQUARE, "Flatten", wrong), "axis");
        is_attribute(&axis(SQUARE, "Softmax", wrong), "axis");
    }
}

#[test]
fn reshapes_to_what_cannot_be_are_refused() {
    for wrong in
        [[-1, -1, 1], [1, -1, 7], [1, -2, 1], [1_600, 0, 0], [i64::MAX; 3], [-1, 1 << 40, 1]]
    {
        let fault = graph(FULL, |graph| {
            let shape = graph.initializer.iter_mut().find(|tensor| tensor.data_type == 7);
            shape.expect("shape").raw_data =
                wrong.iter().flat_map(|dim: &i64| dim.to_le_bytes()).collect();
        });
        is_misfit(&fault, "Reshape");
    }
}
