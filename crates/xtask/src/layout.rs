//! Writes a WebAssembly module anew so that it compresses well, and does the same.
//!
//! A compressor repeats what it has seen, the more cheaply the nearer that is; a linker puts
//! functions in the order in which it meets them. Here each stands beside the one it is most like.
//! Meta describes what that gains for applications on telephones: "Optimizing Function Layout for
//! Mobile Applications" (2022), <https://arxiv.org/abs/2211.09285>.

mod likeness;
mod locals;

use std::{collections::HashMap, convert::Infallible};

use wasm_encoder::{
    CodeSection, Function, FunctionSection, ImportSection, Instruction, Module,
    reencode::{Error, Reencode, utils},
};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, FunctionBody, FunctionSectionReader, Import, ImportSectionReader, Operator, Parser, Payload,
    TypeRef,
};

use crate::Result;

/// A module with its functions in the order of their likeness, equal ones only once, and without custom
/// sections, such as names of functions (WebAssembly core specification §5.5.3). `rename` gives imported functions
/// other names; what it gives nothing for keeps its own.
///
/// # Errors
/// It is no module.
pub fn compressible(module: &[u8], rename: impl Fn(&str, &str) -> Option<(String, String)>) -> Result<Vec<u8>> {
    // Twice: what calls equal functions may be equal itself once they are one.
    written(&written(module, rename)?, |_, _| None)
}

fn written(module: &[u8], rename: impl Fn(&str, &str) -> Option<(String, String)>) -> Result<Vec<u8>> {
    let mut imported = Vec::new();
    let mut parameters = Vec::new();
    let mut types = Vec::new();
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    if matches!(import.ty, TypeRef::Func(_)) {
                        imported
                            .push(rename(import.module, import.name).unwrap_or_else(|| (import.module.to_owned(), import.name.to_owned())));
                    }
                }
            }
            Payload::TypeSection(section) => {
                for kind in section.into_iter_err_on_gc_types() {
                    parameters.push(kind?.params().len());
                }
            }
            Payload::FunctionSection(section) => types = section.into_iter().collect::<std::result::Result<_, _>>()?,
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            _ => {}
        }
    }
    let firsts = firsts(&types, &bodies);
    let mut imports: Vec<usize> = (0..imported.len()).collect();
    imports.sort_by_key(|index| (&imported[*index].0, imported[*index].1.len(), &imported[*index].1));
    let kept: Vec<usize> = (0..bodies.len()).filter(|index| firsts[*index] == *index).collect();
    let order = likeness::by_likeness(&kept.iter().map(|index| bodies[*index]).collect::<Vec<_>>());
    let order: Vec<usize> = order.into_iter().map(|index| kept[index]).collect();
    let mut places = vec![0; imported.len() + bodies.len()];
    for (place, index) in imports.iter().copied().chain(order.iter().map(|index| imported.len() + index)).enumerate() {
        places[index] = u32::try_from(place)?;
    }
    for (index, first) in firsts.iter().enumerate() {
        places[imported.len() + index] = places[imported.len() + first];
    }
    let mut anew = Module::new();
    let mut layout = Layout {
        imported: &imported,
        imports: &imports,
        order: &order,
        places: &places,
        types: &types,
        parameters: &parameters,
        locals: Vec::new(),
    };
    layout.parse_core_module(&mut anew, Parser::new(0), module)?;
    Ok(anew.finish())
}

/// What is written, and where.
struct Layout<'a> {
    /// Names of the imported functions.
    imported: &'a [(String, String)],
    /// Which of them comes when.
    imports: &'a [usize],
    /// Which of the module's own functions comes when.
    order: &'a [usize],
    /// The new index of every function.
    places: &'a [u32],
    /// The types of the module's own functions.
    types: &'a [u32],
    /// How many parameters functions of each type have.
    parameters: &'a [usize],
    /// The new index of every local of the function that is being written.
    locals: Vec<u32>,
}

impl Reencode for Layout<'_> {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> std::result::Result<u32, Error> {
        Ok(self.places[function as usize])
    }

    fn parse_import_section(&mut self, imports: &mut ImportSection, section: ImportSectionReader<'_>) -> std::result::Result<(), Error> {
        let (mut functions, mut others) = (Vec::new(), Vec::new());
        for import in section.into_imports() {
            let import = import?;
            if matches!(import.ty, TypeRef::Func(_)) { functions.push(import) } else { others.push(import) }
        }
        for import in others {
            utils::parse_import(self, imports, import)?;
        }
        for index in self.imports {
            let (module, name) = &self.imported[*index];
            utils::parse_import(self, imports, Import { module, name, ..functions[*index] })?;
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> std::result::Result<(), Error> {
        let types = section.into_iter().collect::<std::result::Result<Vec<_>, _>>()?;
        for index in self.order {
            functions.function(self.type_index(types[*index])?);
        }
        Ok(())
    }

    fn parse_code_section(&mut self, code: &mut CodeSection, section: CodeSectionReader<'_>) -> std::result::Result<(), Error> {
        let bodies = section.into_iter().collect::<std::result::Result<Vec<FunctionBody<'_>>, _>>()?;
        for index in self.order {
            self.locals = locals::by_use(&bodies[*index], self.parameters[self.types[*index] as usize])?;
            utils::parse_function_body(self, code, bodies[*index].clone())?;
        }
        Ok(())
    }

    fn new_function_with_parsed_locals(&mut self, body: &FunctionBody<'_>) -> std::result::Result<Function, Error> {
        let types = locals::types(body)?;
        let parameters = self.locals.len() - types.len();
        let mut ordered = types.clone();
        for (index, place) in self.locals[parameters..].iter().enumerate() {
            ordered[*place as usize - parameters] = types[index];
        }
        let ordered = ordered.into_iter().map(|kind| self.val_type(kind)).collect::<std::result::Result<Vec<_>, _>>()?;
        Ok(Function::new_with_locals_types(ordered))
    }

    fn instruction<'a>(&mut self, operator: Operator<'a>) -> std::result::Result<Instruction<'a>, Error> {
        let place = |local: u32| self.locals[local as usize];
        Ok(match operator {
            Operator::LocalGet { local_index } => Instruction::LocalGet(place(local_index)),
            Operator::LocalSet { local_index } => Instruction::LocalSet(place(local_index)),
            Operator::LocalTee { local_index } => Instruction::LocalTee(place(local_index)),
            other => utils::instruction(self, other)?,
        })
    }

    fn parse_custom_section(&mut self, _: &mut Module, _: CustomSectionReader<'_>) -> std::result::Result<(), Error> {
        Ok(())
    }
}

/// For each function the first that has its type and does the same: one of them is enough.
fn firsts(types: &[u32], bodies: &[&[u8]]) -> Vec<usize> {
    let mut known = HashMap::new();
    types.iter().zip(bodies).enumerate().map(|(index, function)| *known.entry(function).or_insert(index)).collect()
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        CustomSection, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function, RefType, TableSection, TableType,
        TypeSection,
    };
    use wasmparser::{ElementItems, Operator};

    use std::collections::BTreeSet;

    use super::*;

    /// Imports `load` and `save` from `host`; has functions that give 1,000, 70 and 1,001, and one
    /// that calls `save` and the second of them; exports each as `f2` to `f5`, and has all in a table.
    fn module() -> Vec<u8> {
        let mut module = Module::new();
        let mut types = TypeSection::new();
        types.ty().function([], [wasm_encoder::ValType::I32]);
        let mut imports = ImportSection::new();
        for name in ["save", "load"] {
            imports.import("host", name, EntityType::Function(0));
        }
        let (mut functions, mut exports, mut code) = (FunctionSection::new(), ExportSection::new(), CodeSection::new());
        for (index, constant) in (2..).zip([Some(1_000), Some(70), Some(1_001), None]) {
            functions.function(0);
            exports.export(&format!("f{index}"), ExportKind::Func, index);
            let mut function = Function::new([]);
            match constant {
                Some(constant) => {
                    for part in [constant, 3, 5, 7, 9, 11] {
                        function.instructions().i32_const(part);
                    }
                    function.instructions().drop().drop().drop().drop().drop().end();
                }
                None => {
                    function.instructions().call(0).drop().call(3).end();
                }
            }
            code.function(&function);
        }
        let mut tables = TableSection::new();
        tables.table(TableType { element_type: RefType::FUNCREF, table64: false, minimum: 6, maximum: None, shared: false });
        let mut elements = ElementSection::new();
        let all: Vec<u32> = (0..6).collect();
        elements.active(None, &wasm_encoder::ConstExpr::i32_const(0), Elements::Functions(all.into()));
        module.section(&types).section(&imports).section(&functions).section(&tables).section(&exports).section(&elements).section(&code);
        module.section(&CustomSection { name: "name".into(), data: (&[7_u8; 200]).into() });
        module.finish()
    }

    /// What a function does: the constants it has, and the names of what it calls.
    fn deeds(module: &[u8]) -> BTreeSet<(String, Vec<String>)> {
        let (mut names, mut bodies, mut exported, mut table) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(module) {
            match payload.unwrap() {
                Payload::ImportSection(section) => names.extend(section.into_imports().map(|import| import.unwrap().name.to_owned())),
                Payload::ExportSection(section) => exported.extend(section.into_iter().map(|export| export.unwrap())),
                Payload::ElementSection(section) => {
                    for element in section {
                        let ElementItems::Functions(functions) = element.unwrap().items else { panic!("no functions") };
                        table.extend(functions.into_iter().map(|index| index.unwrap() as usize));
                    }
                }
                Payload::CodeSectionEntry(body) => bodies.push(body),
                Payload::CustomSection(section) => panic!("{}", section.name()),
                _ => {}
            }
        }
        exported.sort_by_key(|export| export.index);
        names.extend(exported.iter().map(|export| export.name.to_owned()));
        let told = exported.iter().zip(bodies).map(|(export, body)| {
            let told = body.get_operators_reader().unwrap().into_iter().filter_map(|operator| match operator.unwrap() {
                Operator::I32Const { value } => Some(value.to_string()),
                Operator::Call { function_index } => Some(names[function_index as usize].clone()),
                _ => None,
            });
            (export.name.to_owned(), told.collect())
        });
        let mut told: BTreeSet<(String, Vec<String>)> = told.collect();
        told.insert(("table".into(), table.into_iter().map(|index| names[index].clone()).collect()));
        told
    }

    #[test]
    fn functions_do_the_same_wherever_they_stand() {
        let written = compressible(&module(), |module, name| {
            assert_eq!(module, "host");
            (name == "save").then(|| ("_".into(), "s".into()))
        })
        .unwrap();
        let expected = [
            ("f2", "1000 3 5 7 9 11"),
            ("f3", "70 3 5 7 9 11"),
            ("f4", "1001 3 5 7 9 11"),
            ("f5", "s f3"),
            ("table", "s load f2 f3 f4 f5"),
        ];
        let expected = expected.map(|(name, told)| (name.to_owned(), told.split(' ').map(str::to_owned).collect::<Vec<_>>()));
        assert_eq!(deeds(&written), BTreeSet::from(expected));
        assert_eq!(compressible(&written, |_, _| None).unwrap().len(), written.len());
        assert!(compressible(b"no module", |_, _| None).is_err());
    }
}
