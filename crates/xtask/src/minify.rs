//! Minifies the site's JavaScript: the embedded scripts and the output of wasm-bindgen.

use std::{fs, path::Path};

use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions, CommentOptions};
use oxc_minifier::{CompressOptions, MangleOptions, Minifier, MinifierOptions};
use oxc_parser::Parser;
use oxc_span::SourceType;

use crate::{Result, files};

/// Minifies every script of a built site.
pub fn scripts(site: &Path) -> Result {
    for file in files::all(site, &[])? {
        if file.extension().is_some_and(|extension| extension == "js") {
            let small = module(&fs::read_to_string(&file)?).map_err(|error| format!("{}: {error}", file.display()))?;
            fs::write(file, small)?;
        }
    }
    Ok(())
}

/// Minifies a module. Exported names are kept.
fn module(source: &str) -> std::result::Result<String, String> {
    let allocator = Allocator::default();
    let source = &squeezed(source);
    let parsed = Parser::new(&allocator, source, SourceType::mjs()).parse();
    if let Some(fault) = parsed.diagnostics.first() {
        return Err(fault.to_string());
    }
    let mut program = parsed.program;
    let options =
        MinifierOptions { mangle: Some(MangleOptions::default()), mangle_properties: None, compress: Some(CompressOptions::smallest()) };
    let minified = Minifier::new(options).minify(&allocator, &mut program);
    let options = CodegenOptions { minify: true, comments: CommentOptions::disabled(), ..CodegenOptions::default() };
    let codegen = Codegen::new().with_options(options).with_scoping(minified.scoping);
    Ok(codegen.with_private_member_mappings(minified.class_private_mappings).build(&program).code)
}

/// Removes superfluous white space from the style sheets that the source passes to `replaceSync` as template literals.
fn squeezed(source: &str) -> String {
    const BEGIN: &str = "replaceSync(`";
    let Some((before, rest)) = source.split_once(BEGIN) else { return source.to_owned() };
    let Some((sheet, after)) = rest.split_once('`') else { return source.to_owned() };
    let mut sheet = sheet.split_whitespace().collect::<Vec<_>>().join(" ");
    for (wide, narrow) in [(" {", "{"), ("{ ", "{"), ("; ", ";"), (" }", "}"), ("} ", "}"), (": ", ":"), (", ", ",")] {
        sheet = sheet.replace(wide, narrow);
    }
    [before, BEGIN, &sheet, "`", &squeezed(after)].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_sheets_lose_their_white_space() {
        let source = "sheet.replaceSync(`\n:host([hidden]), p > a:hover {\n  color: light-dark(#fff, #000);\n  margin: 0 1px\n}\n`); a = { b: `c {  }` };";
        let squeezed = "sheet.replaceSync(`:host([hidden]),p > a:hover{color:light-dark(#fff,#000);margin:0 1px}`); a = { b: `c {  }` };";
        assert_eq!(super::squeezed(source), squeezed);
    }

    #[test]
    fn what_is_private_to_a_class_has_a_short_name() {
        let source = "export class Bell {\n  #connection = 1;\n  get open() { return this.#connection > 0; }\n}\n";
        let small = module(source).unwrap();
        assert!(!small.contains("#connection") && small.contains("get open()"), "{small}");
    }

    #[test]
    fn what_others_see_of_a_module_stays() {
        let source = "// Why.\nimport { connect } from \"./live.js\";\nexport const mount = (element) => {\n  const long_name = element.title;\n  return connect(`a\n${long_name}`, 1_000);\n};\n";
        let small = module(source).unwrap();
        assert!(small.len() < source.len() / 3 * 2, "{small}");
        for kept in ["\"./live.js\"", "connect", "mount", ".title", "1e3"] {
            assert!(small.contains(kept), "{kept}: {small}");
        }
        assert!(!small.contains("Why") && !small.contains("long_name"), "{small}");
        assert_eq!(module(&small).unwrap(), small);
    }

    #[test]
    fn what_is_no_script_is_told_of() {
        assert!(module("const = 1;").is_err());
        let site = tempfile::tempdir().unwrap();
        fs::write(site.path().join("bell.js"), "const = 1;").unwrap();
        assert!(scripts(site.path()).unwrap_err().to_string().contains("bell.js"));
    }
}
