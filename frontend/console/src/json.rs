//! JSON deserialisation that uses the browser's parser. A JSON parser in WebAssembly, with its error texts,
//! would be a large part of the program.

use std::fmt;

use js_sys::{Array, ArrayIntoIter, JSON, Object};
use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, StringDeserializer},
    },
};
use wasm_bindgen::{JsCast, JsValue};

/// The value of a JSON text; `None` if the text is not JSON or does not fit the type.
pub fn parse<T: DeserializeOwned>(text: &str) -> Option<T> {
    from_value(JSON::parse(text).ok()?)
}

/// The value that the browser has parsed already; `None` if it does not fit the type.
pub fn from_value<T: DeserializeOwned>(value: JsValue) -> Option<T> {
    T::deserialize(Parsed(value)).ok()
}

/// A value that the browser parsed.
struct Parsed(JsValue);

/// The elements of an array.
struct Entries(ArrayIntoIter);

/// The fields of an object, and the value of the field whose name was read last.
struct Fields(Entries, JsValue);

/// The value is not what the type expects.
#[derive(Debug)]
struct Unexpected;

impl fmt::Display for Unexpected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unexpected value")
    }
}

impl std::error::Error for Unexpected {}

impl Error for Unexpected {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl Parsed {
    fn text(&self) -> Result<String, Unexpected> {
        self.0.as_string().ok_or(Unexpected)
    }

    fn number(&self) -> Result<f64, Unexpected> {
        self.0.as_f64().ok_or(Unexpected)
    }

    /// An integer. JavaScript numbers hold 53 bits.
    fn whole(&self) -> Result<i64, Unexpected> {
        let number = self.number()?;
        #[expect(clippy::cast_possible_truncation, reason = "what is cut off is no whole number, and refused")]
        let whole = number as i64;
        #[expect(clippy::cast_precision_loss, reason = "it came from this type")]
        if whole as f64 == number { Ok(whole) } else { Err(Unexpected) }
    }

    fn positive(&self) -> Result<u64, Unexpected> {
        self.whole()?.try_into().map_err(|_| Unexpected)
    }

    fn entries(self) -> Result<Entries, Unexpected> {
        self.0.dyn_into::<Array>().map(|array| Entries(array.into_iter())).map_err(|_| Unexpected)
    }

    fn fields(self) -> Result<Fields, Unexpected> {
        let object = self.0.dyn_into::<Object>().map_err(|_| Unexpected)?;
        Ok(Fields(Entries(Object::entries(&object).into_iter()), JsValue::UNDEFINED))
    }
}

impl<'de> SeqAccess<'de> for Entries {
    type Error = Unexpected;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unexpected> {
        self.0.next().map(|value| seed.deserialize(Parsed(value))).transpose()
    }
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Unexpected;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unexpected> {
        let Some(entry) = self.0.0.next() else { return Ok(None) };
        let entry: Array = entry.unchecked_into();
        self.1 = entry.get(1);
        let name: StringDeserializer<Unexpected> = entry.get(0).as_string().unwrap_or_default().into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unexpected> {
        seed.deserialize(Parsed(std::mem::take(&mut self.1)))
    }
}

/// Deserializer methods that pass a converted value to the visitor.
macro_rules! hand_over {
    ($($method:ident => $visit:ident($given:ident),)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
            visitor.$visit(self.$given()?)
        })*
    };
}

impl<'de> Deserializer<'de> for Parsed {
    type Error = Unexpected;

    hand_over! {
        deserialize_i8 => visit_i64(whole),
        deserialize_i16 => visit_i64(whole),
        deserialize_i32 => visit_i64(whole),
        deserialize_i64 => visit_i64(whole),
        deserialize_u8 => visit_u64(positive),
        deserialize_u16 => visit_u64(positive),
        deserialize_u32 => visit_u64(positive),
        deserialize_u64 => visit_u64(positive),
        deserialize_f32 => visit_f64(number),
        deserialize_f64 => visit_f64(number),
        deserialize_char => visit_string(text),
        deserialize_str => visit_string(text),
        deserialize_string => visit_string(text),
        deserialize_bytes => visit_seq(entries),
        deserialize_byte_buf => visit_seq(entries),
        deserialize_seq => visit_seq(entries),
        deserialize_map => visit_map(fields),
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        match (self.0.as_bool(), self.number(), self.whole()) {
            (Some(truth), ..) => visitor.visit_bool(truth),
            (_, _, Ok(whole)) => visitor.visit_i64(whole),
            (_, Ok(number), _) => visitor.visit_f64(number),
            _ if self.0.is_null() => visitor.visit_unit(),
            _ if self.0.is_string() => visitor.visit_string(self.text()?),
            _ if Array::is_array(&self.0) => visitor.visit_seq(self.entries()?),
            _ => visitor.visit_map(self.fields()?),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        visitor.visit_bool(self.0.as_bool().ok_or(Unexpected)?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unexpected> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unexpected> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unexpected> {
        visitor.visit_seq(self.entries()?)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(self, _: &'static str, _: usize, visitor: V) -> Result<V::Value, Unexpected> {
        visitor.visit_seq(self.entries()?)
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Unexpected> {
        visitor.visit_map(self.fields()?)
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Unexpected> {
        match self.0.as_string() {
            Some(name) => visitor.visit_enum(IntoDeserializer::<Unexpected>::into_deserializer(name)),
            None => visitor.visit_enum(MapAccessDeserializer::new(self.fields()?)),
        }
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        visitor.visit_unit()
    }
}
