package org.openingminute.kit.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class NullablePropertiesTest {

    enum Size {
        SMALL,
        LARGE
    }

    record Inner(String text) {}

    record Outer(
            String always,
            @Nullable String text,
            @Nullable Instant moment,
            @Nullable List<String> texts,
            @Nullable Size size,

            @Schema(allowableValues = {"on", "off"}) @Nullable
            String mode,

            Inner inner,
            @Nullable Inner innerOrNot,

            @Schema(
                    implementation = Object.class,
                    oneOf = {String.class, Inner.class})
            @Nullable
            JsonNode either) {}

    private final JsonNode schemas = schemasOf(Outer.class);

    @Test
    void what_is_declared_nullable_may_be_null() {
        assertThat(type("text")).isEqualTo("[\"string\",\"null\"]");
        assertThat(type("moment")).isEqualTo("[\"string\",\"null\"]");
        assertThat(type("texts")).isEqualTo("[\"array\",\"null\"]");
        assertThat(property("texts").path("items").path("type").asString()).isEqualTo("string");
    }

    @Test
    void non_nullable_property_rejects_null() {
        assertThat(type("always")).isEqualTo("\"string\"");
        assertThat(property("inner")).hasToString("""
                {"$ref":"#/components/schemas/Inner"}""");
    }

    @Test
    void one_record_within_another_may_be_null_in_one_place_alone() {
        assertThat(property("innerOrNot")).hasToString("""
                {"oneOf":[{"$ref":"#/components/schemas/Inner"},{"type":"null"}]}""");
        assertThat(schemas.path("Inner").path("type")).hasToString("\"object\"");
    }

    @Test
    void one_of_some_values_may_be_null_too() {
        assertThat(property("size")).hasToString("""
                {"oneOf":[{"type":"string","enum":["SMALL","LARGE"]},{"type":"null"}]}""");
        assertThat(property("mode")).hasToString("""
                {"oneOf":[{"type":"string","enum":["on","off"]},{"type":"null"}]}""");
    }

    @Test
    void one_of_several_forms_may_be_null_too() {
        assertThat(property("either")).hasToString("""
                {"oneOf":[{"type":"string"},{"$ref":"#/components/schemas/Inner"},{"type":"null"}]}""");
    }

    private JsonNode property(String name) {
        return schemas.path("Outer").path("properties").path(name);
    }

    private String type(String name) {
        return property(name).path("type").toString();
    }

    private static JsonNode schemasOf(Class<?> described) {
        ModelConverters converters = new ModelConverters(true);
        converters.addConverter(new NullableProperties());
        return JsonMapper.shared()
                .readTree(Json31.pretty(
                        converters.resolveAsResolvedSchema(new AnnotatedType(described)).referencedSchemas));
    }
}
