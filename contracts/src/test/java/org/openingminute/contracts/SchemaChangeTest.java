package org.openingminute.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.contracts.SchemaChange.InFile;

/** Proves which changes of a schema count as breaking. */
class SchemaChangeTest {

    private static final String RELEASED = """
            {"title": "A thing", "allOf": [{"$ref": "#/$defs/thing"}], "properties": {"state": {"const": "new"}},
             "$defs": {"thing": {"type": "object", "required": ["id", "state", "parts"], "properties": {
                "id": {"$ref": "#/$defs/id", "description": "Its name"},
                "state": {"enum": ["new", "old"]},
                "note": {"type": ["string", "null"]},
                "when": {"oneOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
                "parts": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["size"],
                          "properties": {"size": {"type": "integer", "minimum": 0}}}}}},
              "id": {"type": "string", "pattern": "^[a-z]+$"}}}
            """;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "\"note\": {\"type\": [\"string\", \"null\"]}, ; `` ; /note: it is gone",
                "\"size\": {\"type\": \"integer\", \"minimum\": 0} ; `` ; /parts/items/size: it is gone",
                "\"state\", \"parts\"] ; \"state\", \"parts\", \"note\"] ; /note: it is required now",
                "\"id\", \"state\" ; \"state\" ; /id: it may be absent now",
                "[\"string\", \"null\"] ; \"string\" ; /note: its type is another",
                "\"type\": \"integer\" ; \"type\": [\"integer\", \"null\"] ; /parts/items/size: its type is another",
                "[\"new\", \"old\"] ; [\"new\"] ; /state: its enumeration lost a value",
                "\"pattern\": \"^[a-z]+$\" ; \"pattern\": \"^[a-y]+$\" ; /id: pattern is another",
                "\"minimum\": 0 ; \"minimum\": 1 ; /parts/items/size: minimum is another",
                "\"minItems\": 1, ; `` ; /parts: minItems is another",
                "\"format\": \"date-time\" ; \"format\": \"date\" ; /when: format is another",
                ", {\"type\": \"null\"}] ; ] ; /when: oneOf has another number of schemas",
                "{\"const\": \"new\"} ; {\"const\": \"old\"} ; /state: const is another",
                "{\"state\": {\"const\": \"new\"}} ; {\"state\": {\"const\": \"new\"}, \"note\": {\"type\": \"null\"}} ;"
                        + "/note: it is described more narrowly"
            })
    void breaking_changes_are_found(String was, String is, String found) throws IOException {
        assertThat(breaksOf(was, is)).containsExactly(found);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "\"note\": { ; \"more\": {\"type\": \"integer\"}, \"note\": {",
                "\"size\": {\"type\" ; \"colour\": {\"enum\": [\"red\"]}, \"size\": {\"type\"",
                "[\"new\", \"old\"] ; [\"new\", \"old\", \"lost\"]",
                "[\"string\", \"null\"] ; [\"null\", \"string\"]",
                "\"Its name\" ; \"What it is called\"",
                "{\"$ref\": \"#/$defs/id\", \"description\": \"Its name\"} ; {\"type\": \"string\", \"pattern\": \"^[a-z]+$\"}"
            })
    void additive_changes_are_allowed(String was, String is) throws IOException {
        assertThat(breaksOf(was, is)).isEmpty();
    }

    @Test
    void a_schema_that_did_not_change_breaks_nothing() throws IOException {
        assertThat(breaksOf("A thing", "A thing")).isEmpty();
    }

    private List<String> breaksOf(String was, String is) throws IOException {
        assertThat(RELEASED).contains(was.strip());
        Path released = Files.writeString(folder.resolve("released.json"), RELEASED);
        Path today = Files.writeString(folder.resolve("today.json"), RELEASED.replace(was.strip(), is.strip()));
        return SchemaChange.breaks(InFile.of(released, ""), InFile.of(today, ""));
    }
}
