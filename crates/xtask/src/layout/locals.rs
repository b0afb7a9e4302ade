//! Locals of functions.

use std::cmp::Reverse;

use wasmparser::{BinaryReaderError, FunctionBody, Operator, ValType};

/// The new index of every local of a function: the parameters', which nobody can change, then, type by type,
/// what is used most. Functions that do alike so name alike what they do it with.
pub fn by_use(body: &FunctionBody<'_>, parameters: usize) -> Result<Vec<u32>, BinaryReaderError> {
    let types = self::types(body)?;
    let mut uses = vec![0_usize; parameters + types.len()];
    for operator in body.get_operators_reader()? {
        if let Operator::LocalGet { local_index } | Operator::LocalSet { local_index } | Operator::LocalTee { local_index } = operator? {
            uses[local_index as usize] += 1;
        }
    }
    let mut order: Vec<usize> = (0..types.len()).collect();
    let first = |kind: ValType| types.iter().position(|other| *other == kind);
    order.sort_by_key(|index| (first(types[*index]), Reverse(uses[parameters + index])));
    let mut places: Vec<u32> = (0..).take(uses.len()).collect();
    for (place, index) in (0..).skip(parameters).zip(order) {
        places[parameters + index] = place;
    }
    Ok(places)
}

/// The types of a function's locals, in their order, without its parameters.
pub fn types(body: &FunctionBody<'_>) -> Result<Vec<ValType>, BinaryReaderError> {
    let mut types = Vec::new();
    for local in body.get_locals_reader()? {
        let (count, kind) = local?;
        types.extend(std::iter::repeat_n(kind, count as usize));
    }
    Ok(types)
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{CodeSection, Function, FunctionSection, Module, TypeSection};
    use wasmparser::{Parser, Payload};

    use super::*;

    #[test]
    fn what_is_used_most_comes_first_among_its_like() {
        use wasm_encoder::ValType::{I32, I64};
        let (mut types, mut functions, mut code) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
        types.ty().function([I64], []);
        functions.function(0);
        let mut function = Function::new([(2, I32), (1, I64), (1, I32)]);
        for local in [0, 4, 4, 2, 4, 3, 2] {
            function.instructions().local_get(local).drop();
        }
        function.instructions().end();
        code.function(&function);
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&code);
        let gets = |module: &[u8]| {
            let bodies = Parser::new(0).parse_all(module).filter_map(|payload| match payload.unwrap() {
                Payload::CodeSectionEntry(body) => Some(body),
                _ => None,
            });
            let mut gets = Vec::new();
            for body in bodies {
                let kinds = super::types(&body).unwrap();
                gets.extend(body.get_operators_reader().unwrap().into_iter().filter_map(|operator| match operator.unwrap() {
                    Operator::LocalGet { local_index: 0 } => Some((0, ValType::I64)),
                    Operator::LocalGet { local_index } => Some((local_index, kinds[local_index as usize - 1])),
                    _ => None,
                }));
            }
            gets
        };
        let (i32, i64) = (ValType::I32, ValType::I64);
        assert_eq!(
            gets(&crate::layout::compressible(&module.finish(), |_, _| None).unwrap()),
            [(0, i64), (1, i32), (1, i32), (2, i32), (1, i32), (4, i64), (2, i32)]
        );
    }
}
