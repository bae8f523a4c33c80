//! The pack that this crate was made and measured with.

use std::borrow::Cow;

use super::manifest::{Manifest, ModelFile, Role};

impl Default for Manifest {
    /// The pack that this crate was made and measured with; see its model card.
    fn default() -> Self {
        Self(FILES)
    }
}

const FILES: [ModelFile; 5] = [
    ModelFile {
        role: Role::Detector,
        name: Cow::Borrowed("yunet_n_320_320.onnx"),
        bytes: 317_434,
        sha256: Cow::Borrowed("81dbde155e982455488235acb8ec2dec5d647edf7cf7080d33e4abb69b93a0d2"),
        licence: "Apache-2.0; trained on WIDER FACE, a research data set",
        source: "YuNet n of ShiqiYu/libfacedetection.train@0047ac24, onnx/yunet_n_320_320.onnx, as it is",
    },
    ModelFile {
        role: Role::LivenessNear,
        name: Cow::Borrowed("minifasnet_v2_2.7_80x80.onnx"),
        bytes: 1_743_494,
        sha256: Cow::Borrowed("21dcaa635b21a16d30176048b19d702fc65730acf2f52872797abcce782ca877"),
        licence: "Apache-2.0",
        source: "MiniFASNetV2 of minivision-ai/Silent-Face-Anti-Spoofing@b6d5f04a, converted from \
                 2.7_80x80_MiniFASNetV2.pth",
    },
    ModelFile {
        role: Role::LivenessFar,
        name: Cow::Borrowed("minifasnet_v1se_4.0_80x80.onnx"),
        bytes: 1_742_662,
        sha256: Cow::Borrowed("1f25b26589a6a3f970ccc75ff7e5f39c0c25ab8465e3140a95b5862b1710f785"),
        licence: "Apache-2.0",
        source: "MiniFASNetV1SE of minivision-ai/Silent-Face-Anti-Spoofing@b6d5f04a, converted from \
                 4_0_0_80x80_MiniFASNetV1SE.pth",
    },
    ModelFile {
        role: Role::GenderSquare,
        name: Cow::Borrowed("faceapi_age_gender.onnx"),
        bytes: 1_692_385,
        sha256: Cow::Borrowed("ec04943a9d28506022f3f22b8033da3b923c19d05640df5de2eaead45066a2f9"),
        licence: "MIT; its training data is not known",
        source: "AgeGenderNet of justadudewhohacks/face-api.js@a86f011d, converted from \
                 weights/age_gender_model-shard1",
    },
    ModelFile {
        role: Role::GenderAligned,
        name: Cow::Borrowed("dlib_gender_v1.onnx"),
        bytes: 525_696,
        sha256: Cow::Borrowed("8553828391fb0505f9279e30372a4b97655225b42d16209cd640230e7e90979b"),
        licence: "CC0-1.0",
        source: "dnn_gender_classifier_v1 of davisking/dlib-models@fd81b630, converted from \
                 dnn_gender_classifier_v1.dat.bz2",
    },
];
