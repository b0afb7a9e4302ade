//! The panel's style: one constructed sheet for all panels of a page, adopted by the shadow root
//! it is shown in and by nothing else.

use std::cell::OnceCell;

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CssStyleSheet, HtmlElement, ShadowRoot};

thread_local! {
    static SHEET: OnceCell<CssStyleSheet> = const { OnceCell::new() };
}

/// Lets the shadow root around the panel wear the sheet.
///
/// # Errors
/// There is no shadow root, or the browser lacks constructed sheets.
pub fn adopt(shelf: &HtmlElement) -> Result<(), JsValue> {
    let root: ShadowRoot = shelf.get_root_node().dyn_into()?;
    let sheet = SHEET.with(|cell| {
        if let Some(sheet) = cell.get() {
            return Ok::<_, JsValue>(sheet.clone());
        }
        let sheet = CssStyleSheet::new()?;
        sheet.replace_sync(include_str!("panel.css"))?;
        Ok(cell.get_or_init(|| sheet).clone())
    })?;
    let sheets = root.adopted_style_sheets();
    if !sheets.includes(&sheet, 0) {
        // A new list, because browsers before 2023 do not take changes to the old one.
        root.set_adopted_style_sheets(&sheets.concat(&js_sys::Array::of1(&sheet)));
    }
    Ok(())
}
