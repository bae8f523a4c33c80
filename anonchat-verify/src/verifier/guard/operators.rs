//! What comes out of an operator, by what goes in.

use super::attributes::Attributes;
use super::fault::ModelFault;
use super::tensors::{MOST_RANK, Tensor};
use super::windows;

/// What one operator gives.
pub(super) struct Step<'a> {
    pub(super) tensor: Tensor<'a>,
    /// Multiplications, roughly.
    pub(super) work: u64,
}

/// The tensor that an operator makes of these.
pub(super) fn infer<'a>(
    attributes: &Attributes<'a>,
    inputs: &[&Tensor<'a>],
) -> Result<Step<'a>, ModelFault> {
    if let ("Constant", []) = (attributes.operator(), inputs) {
        let value = attributes.tensor("value").ok_or_else(|| attributes.fault("value"))?;
        return Ok(Step { tensor: Tensor::constant(value)?, work: 0 });
    }
    let (shape, work) = shape(attributes, inputs)?;
    let tensor = Tensor::computed(shape);
    let work = work.max(tensor.numbers() as u64);
    Ok(Step { tensor, work })
}

fn shape(
    attributes: &Attributes<'_>,
    inputs: &[&Tensor<'_>],
) -> Result<(Vec<usize>, u64), ModelFault> {
    let misfit = || attributes.misfit();
    let floats = |tensor: &Tensor<'_>| tensor.floats().map(<[usize]>::to_vec).ok_or_else(misfit);
    let weights = |tensor: &Tensor<'_>| tensor.weights().map(<[usize]>::to_vec).ok_or_else(misfit);
    let plain = |shape: Option<Vec<usize>>| Ok((shape.ok_or_else(misfit)?, 0));
    match (attributes.operator(), inputs) {
        ("Relu" | "Sigmoid" | "Exp", [x]) => Ok((floats(x)?, 0)),
        ("Add" | "Sub" | "Mul", [a, b]) => plain(broadcast(&floats(a)?, &floats(b)?)),
        ("PRelu", [x, slope]) => {
            let x = floats(x)?;
            plain(broadcast(&x, &weights(slope)?).filter(|shape| *shape == x))
        }
        ("BatchNormalization", [x, rest @ ..]) if rest.len() == 4 => {
            if !attributes.float("epsilon").is_none_or(|e| e.is_finite() && e > 0.0) {
                return Err(attributes.fault("epsilon"));
            }
            let x = floats(x)?;
            let fits = x.len() >= 2
                && rest.iter().all(|each| each.weights().is_some_and(|s| s == &x[1..2]));
            plain(fits.then_some(x))
        }
        ("Gemm", [a, b, c]) => {
            let (shape, work) = multiply(&floats(a)?, &weights(b)?).ok_or_else(misfit)?;
            let sum = broadcast(&shape, &weights(c)?).filter(|sum| *sum == shape);
            Ok((sum.ok_or_else(misfit)?, work))
        }
        ("MatMul", [a, b]) => multiply(&floats(a)?, &weights(b)?).ok_or_else(misfit),
        ("Conv", [x, w]) => windows::convolve(attributes, &floats(x)?, &weights(w)?, None),
        ("Conv", [x, w, b]) => {
            windows::convolve(attributes, &floats(x)?, &weights(w)?, Some(&weights(b)?))
        }
        ("MaxPool" | "AveragePool", [x]) => windows::pool(attributes, &floats(x)?),
        ("GlobalAveragePool", [x]) => {
            let x = floats(x)?;
            let work = x.iter().product::<usize>() as u64;
            let &[n, c, _, _] = &x[..] else { return Err(misfit()) };
            Ok((vec![n, c, 1, 1], work))
        }
        ("Flatten", [x]) => {
            let x = floats(x)?;
            if attributes.int("axis").unwrap_or(1) != 1 {
                return Err(attributes.fault("axis"));
            }
            plain(x.split_first().map(|(first, rest)| vec![*first, rest.iter().product()]))
        }
        ("Softmax", [x]) => {
            let x = floats(x)?;
            // Up to opset 12 other axes meant something else.
            if !matches!(attributes.int("axis"), Some(1 | -1)) {
                return Err(attributes.fault("axis"));
            }
            plain((x.len() == 2).then_some(x))
        }
        ("Transpose", [x]) => {
            let order = attributes.ints("perm").ok_or_else(|| attributes.fault("perm"))?;
            plain(permute(&floats(x)?, order))
        }
        ("Reshape", [x, to]) => plain(reshape(&floats(x)?, to)),
        ("Concat", [first, rest @ ..]) => {
            let mut shape = floats(first)?;
            let axis = attributes.int("axis").and_then(|axis| usize::try_from(axis).ok());
            let axis = axis.filter(|&axis| axis < shape.len());
            let axis = axis.ok_or_else(|| attributes.fault("axis"))?;
            for next in rest {
                shape = join(shape, &floats(next)?, axis).ok_or_else(misfit)?;
            }
            Ok((shape, 0))
        }
        ("Resize", [x, region, scales]) => {
            for (name, value) in [
                ("coordinate_transformation_mode", "asymmetric"),
                ("mode", "nearest"),
                ("nearest_mode", "floor"),
            ] {
                if attributes.text(name) != Some(value.as_bytes()) {
                    return Err(attributes.fault(name));
                }
            }
            let none = region.constant.is_some() && region.numbers() == 0;
            plain(enlarge(&floats(x)?, scales).filter(|_| none))
        }
        _ => Err(misfit()),
    }
}

/// Both, with dimensions of 1 stretched.
fn broadcast(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let rank = a.len().max(b.len());
    let dim = |shape: &[usize], axis: usize| match (axis + shape.len()).checked_sub(rank) {
        Some(axis) => shape[axis],
        None => 1,
    };
    let dims = (0..rank).map(|axis| match (dim(a, axis), dim(b, axis)) {
        (a, 1) => Some(a),
        (a, b) if a == b || a == 1 => Some(b),
        _ => None,
    });
    dims.collect()
}

fn multiply(a: &[usize], b: &[usize]) -> Option<(Vec<usize>, u64)> {
    let (&[rows, inner], &[same, columns]) = (a, b) else { return None };
    let work = (rows as u64).saturating_mul(inner as u64).saturating_mul(columns as u64);
    (inner == same).then(|| (vec![rows, columns], work))
}

fn permute(shape: &[usize], order: &[i64]) -> Option<Vec<usize>> {
    let mut met = [false; MOST_RANK];
    if order.len() != shape.len() {
        return None;
    }
    let dims = order.iter().map(|&axis| {
        let axis = usize::try_from(axis).ok()?;
        let dim = *shape.get(axis)?;
        (!std::mem::replace(&mut met[axis], true)).then_some(dim)
    });
    dims.collect()
}

fn reshape(shape: &[usize], to: &Tensor<'_>) -> Option<Vec<usize>> {
    if to.shape.len() != 1 || !(1..=MOST_RANK).contains(&to.shape[0]) {
        return None;
    }
    let to = to.constant?.ints()?;
    let numbers: usize = shape.iter().product();
    let mut free = None;
    let mut made = Vec::with_capacity(to.len());
    for (axis, &dim) in to.iter().enumerate() {
        made.push(match dim {
            -1 if free.is_none() => {
                free = Some(axis);
                1
            }
            0 => *shape.get(axis)?,
            _ => usize::try_from(dim).ok()?,
        });
    }
    let given = made.iter().try_fold(1usize, |all, &dim| all.checked_mul(dim))?;
    if let Some(axis) = free {
        made[axis] = numbers / given;
    }
    (made.iter().try_fold(1usize, |all, &dim| all.checked_mul(dim))? == numbers).then_some(made)
}

fn join(mut shape: Vec<usize>, next: &[usize], axis: usize) -> Option<Vec<usize>> {
    let fits = shape.len() == next.len()
        && (0..shape.len()).all(|other| other == axis || shape[other] == next[other]);
    shape[axis] = shape[axis].checked_add(*next.get(axis)?)?;
    fits.then_some(shape)
}

/// Each pixel becomes a square of pixels.
fn enlarge(shape: &[usize], scales: &Tensor<'_>) -> Option<Vec<usize>> {
    let &[n, c, h, w] = shape else { return None };
    if scales.shape != [4] {
        return None;
    }
    let &[1.0, 1.0, down, right] = &scales.constant?.floats()?[..] else { return None };
    let whole = |scale: f32| (1..=8usize).find(|&whole| scale == whole as f32);
    Some(vec![n, c, h * whole(down)?, w * whole(right)?])
}
