//! Writing ONNX graphs.

use prost::Message;

use crate::verifier::onnx::{
    AttributeProto, DimensionProto, FLOAT, GraphProto, INT64, ModelProto, NodeProto,
    OperatorSetIdProto, ShapeProto, TensorProto, TensorTypeProto, TypeProto, ValueInfoProto,
};
use crate::verifier::pack::{Port, Role};

/// A graph that grows by one operator at a time. What each makes is called after it and its place.
pub(super) struct Graph(GraphProto);

impl Graph {
    pub(super) fn new(role: Role) -> Self {
        let name = format!("tiny {role:?}");
        Self(GraphProto { name, input: vec![port(role.input())], ..GraphProto::default() })
    }

    pub(super) fn floats(&mut self, dims: &[usize], numbers: &[f32]) -> String {
        let raw_data = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.constant(FLOAT, dims, raw_data)
    }

    fn ints(&mut self, numbers: &[i64]) -> String {
        let raw_data = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.constant(INT64, &[numbers.len()], raw_data)
    }

    fn constant(&mut self, data_type: i32, dims: &[usize], raw_data: Vec<u8>) -> String {
        let name = format!("c{}", self.0.initializer.len());
        let dims = dims.iter().map(|&dim| dim as i64).collect();
        let tensor =
            TensorProto { dims, data_type, name: name.clone(), raw_data, ..Default::default() };
        self.0.initializer.push(tensor);
        name
    }

    fn node(&mut self, operator: &str, input: &[&str], attribute: Vec<AttributeProto>) -> String {
        let name = format!("{operator}{}", self.0.node.len());
        self.0.node.push(NodeProto {
            input: input.iter().map(ToString::to_string).collect(),
            output: vec![name.clone()],
            name: name.clone(),
            op_type: operator.to_owned(),
            attribute,
            domain: String::new(),
        });
        name
    }

    /// `Relu`, `Exp` and `Mul`: operators without attributes.
    pub(super) fn plain(&mut self, operator: &str, input: &[&str]) -> String {
        self.node(operator, input, Vec::new())
    }

    /// `Concat` and `Softmax` along the second axis, and `Flatten` from there.
    pub(super) fn along(&mut self, operator: &str, input: &[&str]) -> String {
        self.node(operator, input, vec![int("axis", 1)])
    }

    /// `AveragePool` and `MaxPool` over squares next to each other.
    pub(super) fn pool(&mut self, operator: &str, input: &str, side: i64) -> String {
        let squares = vec![ints("kernel_shape", &[side; 2]), ints("strides", &[side; 2])];
        self.node(operator, &[input], squares)
    }

    /// For each pixel, a row of factors for each channel made, and what is added.
    pub(super) fn mix<const N: usize>(&mut self, input: &str, rows: &[([f32; N], f32)]) -> String {
        let factors: Vec<f32> = rows.iter().flat_map(|(factors, _)| *factors).collect();
        let added: Vec<f32> = rows.iter().map(|&(_, added)| added).collect();
        self.convolve(input, &[rows.len(), N, 1, 1], &factors, &added)
    }

    pub(super) fn convolve(
        &mut self,
        input: &str,
        dims: &[usize; 4],
        weights: &[f32],
        bias: &[f32],
    ) -> String {
        let weights = self.floats(dims, weights);
        let bias = self.floats(&[bias.len()], bias);
        let kernel = ints("kernel_shape", &[dims[2] as i64, dims[3] as i64]);
        self.node("Conv", &[input, &weights, &bias], vec![kernel])
    }

    /// For one number, several: times a factor, and something added.
    pub(super) fn spread(&mut self, input: &str, factors: &[f32], added: &[f32]) -> String {
        let factors = self.floats(&[1, factors.len()], factors);
        let added = self.floats(&[added.len()], added);
        self.plain("Gemm", &[input, &factors, &added])
    }

    /// Channels of a grid as rows, one for each cell.
    pub(super) fn rows(&mut self, input: &str, channels: i64) -> String {
        let last = self.node("Transpose", &[input], vec![ints("perm", &[0, 2, 3, 1])]);
        let shape = self.ints(&[1, -1, channels]);
        self.plain("Reshape", &[&last, &shape])
    }

    /// Lets the last operator give an output.
    pub(super) fn give(&mut self, output: Port) {
        if let Some(last) = self.0.node.last_mut() {
            last.output = vec![output.name.to_owned()];
        }
        self.0.output.push(port(output));
    }

    pub(super) fn encode(self) -> Vec<u8> {
        let operators = OperatorSetIdProto { domain: String::new(), version: 13 };
        let model = ModelProto {
            ir_version: 7,
            graph: Some(self.0),
            opset_import: vec![operators],
            functions: Vec::new(),
        };
        model.encode_to_vec()
    }
}

fn port(port: Port) -> ValueInfoProto {
    let dim =
        port.shape.iter().map(|&dim| DimensionProto { dim_value: Some(dim), dim_param: None });
    let shape = Some(ShapeProto { dim: dim.collect() });
    let tensor_type = Some(TensorTypeProto { elem_type: FLOAT, shape });
    ValueInfoProto { name: port.name.to_owned(), r#type: Some(TypeProto { tensor_type }) }
}

fn int(name: &str, i: i64) -> AttributeProto {
    AttributeProto { name: name.to_owned(), i, r#type: 2, ..AttributeProto::default() }
}

fn ints(name: &str, ints: &[i64]) -> AttributeProto {
    let ints = ints.to_vec();
    AttributeProto { name: name.to_owned(), ints, r#type: 7, ..AttributeProto::default() }
}
