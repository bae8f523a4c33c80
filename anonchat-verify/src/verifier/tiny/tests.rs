use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use ort::session::Session;
use ort::value::TensorRef;

use super::{Scene, TinyFace, pack};
use crate::verifier::backend::{self, Backend};
use crate::verifier::guard;
use crate::verifier::pack::Role;

/// Loaded once: it takes longer than to run them.
static SESSIONS: LazyLock<Vec<Mutex<Session>>> = LazyLock::new(|| {
    let runtime = backend::start(&Backend::PureRust).expect("backend");
    let load = |(_, model): &(String, Vec<u8>)| {
        Mutex::new(backend::prepare(&runtime, model).expect("model"))
    };
    pack().files.iter().map(load).collect()
});

fn run(role: Role, input: &[f32]) -> HashMap<String, Vec<f32>> {
    let place = Role::ALL.iter().position(|each| *each == role).expect("role");
    let mut session = SESSIONS[place].lock().expect("session");
    let tensor = TensorRef::from_array_view((role.input().shape, input)).expect("tensor");
    let outputs = session.run(ort::inputs!["input" => tensor]).expect("run");
    let read = |port: &crate::Port| {
        let (shape, numbers) = outputs[port.name].try_extract_tensor::<f32>().expect("floats");
        assert_eq!(shape[..], *port.shape, "{}", port.name);
        (port.name.to_owned(), numbers.to_vec())
    };
    role.outputs().iter().map(read).collect()
}

/// A square of the picture, scaled to `side`, plane by plane; beyond its edges they go on.
fn crop(scene: &Scene, [left, top, size]: [f32; 3], side: usize, order: [usize; 3]) -> Vec<f32> {
    let rgb = scene.rgb();
    let pixel = |place: f32, most: u32| (place.max(0.0) as usize).min(most as usize - 1);
    let mut planes = Vec::new();
    for channel in order {
        for index in 0..side * side {
            let mut sum = 0.0;
            for (down, right) in [(0.25, 0.25), (0.25, 0.75), (0.75, 0.25), (0.75, 0.75)] {
                let place = |whole: usize, part: f32| (whole as f32 + part) * size / side as f32;
                let y = pixel(top + place(index / side, down), scene.height);
                let x = pixel(left + place(index % side, right), scene.width);
                sum += f32::from(rgb[(y * scene.width as usize + x) * 3 + channel]);
            }
            planes.push(sum / 4.0);
        }
    }
    planes
}

const BGR: [usize; 3] = [2, 1, 0];
const RGB: [usize; 3] = [0, 1, 2];

/// Score, box and landmarks of what scores 0.6 at least, in pixels of the detector.
fn detect(scene: &Scene) -> Vec<(f32, [f32; 4], [f32; 10])> {
    let longest = scene.width.max(scene.height) as f32;
    let mut input = crop(scene, [0.0, 0.0, longest], 320, BGR);
    for (index, value) in input.iter_mut().enumerate() {
        let (y, x) = (index / 320 % 320, index % 320);
        let scale = longest / 320.0;
        if y as f32 * scale >= scene.height as f32 || x as f32 * scale >= scene.width as f32 {
            *value = 0.0;
        }
    }
    let outputs = run(Role::Detector, &input);
    let mut found = Vec::new();
    for stride in [8usize, 16, 32] {
        let of = |name: &str| &outputs[&format!("{name}_{stride}")];
        for (cell, (cls, obj)) in of("cls").iter().zip(of("obj")).enumerate() {
            let score = (cls * obj).sqrt();
            assert!((0.0..=1.0).contains(&score));
            if score < 0.6 {
                continue;
            }
            let (row, column, stride) =
                ((cell / (320 / stride)) as f32, (cell % (320 / stride)) as f32, stride as f32);
            let b = &of("bbox")[cell * 4..][..4];
            let (w, h) = (b[2].exp() * stride, b[3].exp() * stride);
            let (x, y) = ((column + b[0]) * stride, (row + b[1]) * stride);
            let points = &of("kps")[cell * 10..][..10];
            let points = std::array::from_fn(|i| (points[i] + [column, row][i % 2]) * stride);
            found.push((score, [x - w / 2.0, y - h / 2.0, w, h], points));
        }
    }
    found
}

fn real(scene: &Scene, role: Role, times: f32) -> f32 {
    let [x, y, w, _] = scene.boxes()[0];
    let size = (w * times).min(scene.width.min(scene.height) as f32 - 1.0);
    let shift = |centre: f32, side: u32| (centre - size / 2.0).clamp(0.0, side as f32 - size);
    let (left, top) = (shift(x + w / 2.0, scene.width), shift(y + w / 2.0, scene.height));
    let logits = &run(role, &crop(scene, [left, top, size], 80, BGR))["logits"];
    let sum: f32 = logits.iter().map(|logit| logit.exp()).sum();
    logits[1].exp() / sum
}

fn near(scene: &Scene) -> f32 {
    real(scene, Role::LivenessNear, 2.7)
}

fn far(scene: &Scene) -> f32 {
    real(scene, Role::LivenessFar, 4.0)
}

/// The probabilities of being male, square and aligned.
fn male(scene: &Scene) -> [f32; 2] {
    let [x, y, w, _] = scene.boxes()[0];
    let square = &run(Role::GenderSquare, &crop(scene, [x, y, w], 112, RGB))["gender"];
    let size = 0.4 * w / 0.3753;
    let (eyes_x, eyes_y) = (x + 0.5 * w, y + 0.35 * w);
    let upright = [eyes_x - 0.493 * size, eyes_y - 0.301 * size, size];
    let aligned = &run(Role::GenderAligned, &crop(scene, upright, 32, RGB))["prob"];
    assert!((square[0] + square[1] - 1.0).abs() < 1e-5);
    assert!((aligned[0] + aligned[1] - 1.0).abs() < 1e-5);
    [square[0], aligned[1]]
}

#[track_caller]
fn close(found: f32, right: f32, by: f32) {
    assert!((found - right).abs() <= by, "{found} instead of {right}");
}

#[track_caller]
fn is_found(scene: &Scene, index: usize, found: &(f32, [f32; 4], [f32; 10])) {
    let unit = scene.width.max(scene.height) as f32 / 320.0;
    let right = scene.boxes()[index].map(|pixels| pixels / unit);
    let size = right[2];
    close(found.0, 1.0, 1e-3);
    for (found, right) in found.1.iter().zip(right) {
        close(*found, right, size * 0.01);
    }
    let yaw = scene.faces[index].yaw;
    let (x, y) = (right[0] + size / 2.0, right[1] + size / 2.0);
    let places =
        [-0.2, -0.15, 0.2, -0.15, 0.2 * yaw, 0.05, -0.15, 0.25, 0.15, 0.25].map(|at| at * size);
    for (axis, (found, right)) in found.2.iter().zip(places).enumerate() {
        close(*found, right + [x, y][axis % 2], size * 0.01);
    }
}

#[test]
fn the_pack_is_small_and_the_same_every_time() {
    let (first, second) = (pack(), pack());
    assert_eq!(first.files, second.files);
    let bytes: usize = first.files.iter().map(|(_, model)| model.len()).sum();
    assert!(bytes < 100_000, "{bytes}");
    for ((file, (name, model)), role) in first.manifest.0.iter().zip(&first.files).zip(Role::ALL) {
        assert_eq!((file.role, &*file.name, file.bytes), (role, &**name, model.len() as u64));
        assert_eq!(file.sha256.len(), 64);
    }
}

#[test]
fn every_model_passes_the_guard() {
    for (role, (name, model)) in Role::ALL.into_iter().zip(pack().files) {
        assert_eq!(guard::check(&model, role), Ok(()), "{name}");
    }
}

#[test]
fn a_face_is_found_where_it_is_with_its_landmarks() {
    for size in [8.0, 20.0, 33.0, 100.0, 128.0, 200.0, 300.0] {
        let scene = Scene::new(320, 320, vec![TinyFace::new(150.0, 170.0, size)]);
        let found = detect(&scene);
        assert_eq!(found.len(), 1, "{size}");
        is_found(&scene, 0, &found[0]);
    }
}

#[test]
fn a_face_is_found_in_pictures_of_other_sizes() {
    for (width, height) in [(640, 480), (480, 640), (1_280, 720), (1_000, 700), (320, 240)] {
        let (x, y) = (width as f32 * 0.4, height as f32 * 0.6);
        let scene = Scene::new(width, height, vec![TinyFace::new(x, y, height as f32 / 3.0)]);
        let found = detect(&scene);
        assert_eq!(found.len(), 1, "{width}x{height}");
        is_found(&scene, 0, &found[0]);
    }
}

#[test]
fn two_faces_are_two_and_nobody_is_nobody() {
    let faces = vec![TinyFace::new(80.0, 100.0, 90.0), TinyFace::new(240.0, 200.0, 60.0)];
    let scene = Scene::new(320, 320, faces);
    let found = detect(&scene);
    assert_eq!(found.len(), 2);
    is_found(&scene, 0, &found[0]);
    is_found(&scene, 1, &found[1]);
    for background in [0, 60, 200] {
        let scene = Scene { background, ..Scene::new(320, 320, Vec::new()) };
        assert!(detect(&scene).is_empty());
    }
    assert_eq!(run(Role::Detector, &vec![255.0; 3 * 320 * 320])["cls_8"], [0.0; 1_600]);
}

#[test]
fn a_turned_head_is_seen_by_the_nose() {
    for yaw in [-1.0, -0.5, 0.25, 1.0] {
        let face = TinyFace { yaw, ..TinyFace::new(160.0, 160.0, 100.0) };
        let scene = Scene::new(320, 320, vec![face]);
        is_found(&scene, 0, &detect(&scene)[0]);
    }
}

#[test]
fn liveness_is_what_was_painted_also_where_the_models_disagree() {
    for (size, x) in [(40.0, 160.0), (70.0, 60.0), (100.0, 268.0), (250.0, 130.0)] {
        for (live_near, live_far) in [(0.98, 0.98), (0.02, 0.02), (0.9, 0.3), (0.1, 0.7)] {
            let face = TinyFace { live_near, live_far, ..TinyFace::new(x, 150.0, size) };
            let scene = Scene::new(320, 320, vec![face]);
            close(near(&scene), live_near, 0.02);
            close(far(&scene), live_far, 0.02);
        }
    }
    let nobody = Scene::new(320, 320, Vec::new());
    let input = crop(&nobody, [0.0, 0.0, 320.0], 80, BGR);
    assert!(run(Role::LivenessNear, &input)["logits"][1] < -6.0);
}

#[test]
fn gender_is_what_was_painted_also_where_the_models_disagree() {
    for size in [40.0, 100.0, 190.0] {
        for (male_square, male_aligned) in [(0.98, 0.98), (0.02, 0.02), (0.5, 0.5), (0.8, 0.3)] {
            let face = TinyFace { male_square, male_aligned, ..TinyFace::new(150.0, 170.0, size) };
            let [square, aligned] = male(&Scene::new(320, 320, vec![face]));
            close(square, male_square, 0.02);
            close(aligned, male_aligned, 0.02);
        }
    }
}

/// The variance of the Laplacian of the grey face, 112 pixels wide, and its mean grey.
fn sharpness_and_light(face: TinyFace) -> (f32, f32) {
    let scene = Scene::new(640, 480, vec![face]);
    let [x, y, w, _] = scene.boxes()[0];
    let planes = crop(&scene, [x, y, w], 112, RGB);
    let plane = 112 * 112;
    let grey: Vec<f32> = (0..plane)
        .map(|i| 0.299 * planes[i] + 0.587 * planes[plane + i] + 0.114 * planes[2 * plane + i])
        .collect();
    let inner = (1..111).flat_map(|row| (1..111).map(move |column| row * 112 + column));
    let edges: Vec<f32> = inner
        .map(|i| grey[i - 1] + grey[i + 1] + grey[i - 112] + grey[i + 112] - 4.0 * grey[i])
        .collect();
    let mean = |numbers: &[f32]| numbers.iter().sum::<f32>() / numbers.len() as f32;
    let squares: Vec<f32> = edges.iter().map(|edge| edge * edge).collect();
    (mean(&squares) - mean(&edges).powi(2), mean(&grey))
}

#[test]
fn light_and_sharpness_are_what_was_asked_for() {
    for size in [60.0, 120.0, 240.0, 400.0] {
        let face = TinyFace::new(320.0, 240.0, size);
        let (sharp, light) = sharpness_and_light(face);
        let (blurred, _) = sharpness_and_light(TinyFace { texture: 0.0, ..face });
        let (_, dark) = sharpness_and_light(TinyFace { brightness: 0.1, ..face });
        assert!(sharp > 300.0 && blurred < 30.0, "{size}: {sharp} {blurred}");
        assert!(light > 80.0 && dark < 30.0, "{size}: {light} {dark}");
    }
}

#[test]
fn a_scene_as_png_has_the_same_pixels() {
    let scene = Scene::new(640, 480, vec![TinyFace::new(320.0, 240.0, 200.0)]);
    let picture = image::load_from_memory(&scene.png()).expect("picture").into_rgb8();
    assert_eq!((picture.width(), picture.height()), (640, 480));
    assert_eq!(picture.into_raw(), scene.rgb());
}
