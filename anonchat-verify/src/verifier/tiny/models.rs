//! The five models: what each reads, put into operators.

use super::graph::Graph;
use super::{AGE, GENDER_STEP, LIVE_STEP, MARK, MIDDLE};
use crate::verifier::pack::{Port, Role};

pub(super) fn model(role: Role) -> Vec<u8> {
    let mut graph = Graph::new(role);
    match role {
        Role::Detector => detect(&mut graph),
        // Blue, green, red: green without the others, blue without the others.
        Role::LivenessNear => live(&mut graph, role, [-1.0, 1.0, -1.0]),
        Role::LivenessFar => live(&mut graph, role, [1.0, -1.0, -1.0]),
        Role::GenderSquare => {
            // 14x14 squares: the second and third row of them.
            let male = difference(&mut graph, 8, 14, 1..3, 4..10);
            gender(&mut graph, role, &male, [1.0, 0.0]);
            graph.spread(&male, &[0.0], &[AGE]);
            graph.give(Port { name: "age", shape: &[1, 1], meaning: "years" });
        }
        Role::GenderAligned => {
            // 8x8 squares: the seventh row of them.
            let male = difference(&mut graph, 4, 8, 6..7, 2..6);
            gender(&mut graph, role, &male, [0.0, 1.0]);
        }
    }
    graph.encode()
}

/// A mark says all about its face; every other cell gets the score 0.
fn detect(graph: &mut Graph) {
    let outputs = Role::Detector.outputs();
    for (scale, stride) in [8, 16, 32].into_iter().enumerate() {
        let cells = graph.pool("AveragePool", "input", stride);
        // How much is missing of the mark's red, and what blue there is too much.
        let wrong = graph.mix(
            &cells,
            &[
                ([0.0, 0.0, -1.0 / MARK.fade], MARK.red / MARK.fade),
                ([1.0 / 10.0, 0.0, 0.0], -MARK.blue / 10.0),
            ],
        );
        let wrong = graph.plain("Relu", &[&wrong]);
        // Marks are made for the smallest stride. They may fill a larger cell by chance, so the
        // others find nothing at all.
        let found = if stride == 8 { ([-1.0; 2], 1.0) } else { ([0.0; 2], 0.0) };
        for output in [outputs[scale], outputs[3 + scale]] {
            let score = graph.mix(&wrong, &[found]);
            let score = graph.plain("Relu", &[&score]);
            graph.rows(&score, 1);
            graph.give(output);
        }
        let size = ([0.0, 1.0 / MARK.green_of_log, 0.0], 0.0);
        let bounds = graph.mix(&cells, &[([0.0; 3], 0.5), ([0.0; 3], 0.5), size, size]);
        graph.rows(&bounds, 4);
        graph.give(outputs[6 + scale]);
        landmarks(graph, &cells, size);
        graph.give(outputs[9 + scale]);
    }
}

/// The face's size in strides, and that times its turn, place the landmarks.
fn landmarks(graph: &mut Graph, cells: &str, size: ([f32; 3], f32)) {
    let size = graph.mix(cells, &[size]);
    let size = graph.plain("Exp", &[&size]);
    let turn = graph.mix(cells, &[([1.0 / MARK.blue_of_turn, 0.0, 0.0], -1.0)]);
    let turned = graph.plain("Mul", &[&size, &turn]);
    let both = graph.along("Concat", &[&size, &turned]);
    let place = |of_size: f32, of_turn: f32| ([of_size, of_turn], 0.5);
    let points = graph.mix(
        &both,
        &[
            place(-0.2, 0.0),
            place(-0.15, 0.0),
            place(0.2, 0.0),
            place(-0.15, 0.0),
            place(0.0, 0.2),
            place(0.05, 0.0),
            place(-0.15, 0.0),
            place(0.25, 0.0),
            place(0.15, 0.0),
            place(0.25, 0.0),
        ],
    );
    graph.rows(&points, 10);
}

/// The purest colour anywhere in the crop, wherever the face may be in it.
fn live(graph: &mut Graph, role: Role, colour: [f32; 3]) {
    let purity = graph.mix("input", &[(colour, 0.0)]);
    let most = graph.pool("MaxPool", &purity, 8);
    let most = graph.pool("MaxPool", &most, 10);
    let most = graph.along("Flatten", &[&most]);
    // The last of the three is out of the question, so the others share 1 between them.
    graph.spread(&most, &[0.0, 1.0 / LIVE_STEP, 0.0], &[0.0, -MIDDLE / LIVE_STEP, -20.0]);
    graph.give(role.outputs()[0]);
}

/// How much more red than green there is in some of the squares that a crop is divided into.
fn difference(
    graph: &mut Graph,
    side: i64,
    across: usize,
    rows: std::ops::Range<usize>,
    columns: std::ops::Range<usize>,
) -> String {
    let squares = graph.pool("AveragePool", "input", side);
    let share = 1.0 / (rows.len() * columns.len()) as f32;
    let mut weights = Vec::with_capacity(3 * across * across);
    for sign in [1.0, -1.0, 0.0] {
        for row in 0..across {
            for column in 0..across {
                let within = rows.contains(&row) && columns.contains(&column);
                weights.push(if within { sign * share } else { 0.0 });
            }
        }
    }
    let mean = graph.convolve(&squares, &[1, 3, across, across], &weights, &[0.0]);
    graph.along("Flatten", &[&mean])
}

fn gender(graph: &mut Graph, role: Role, male: &str, sides: [f32; 2]) {
    let logits = graph.spread(male, &sides.map(|side| side / GENDER_STEP), &[0.0; 2]);
    graph.along("Softmax", &[&logits]);
    graph.give(role.outputs()[0]);
}
