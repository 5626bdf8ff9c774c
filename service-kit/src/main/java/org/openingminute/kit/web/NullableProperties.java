package org.openingminute.kit.web;

import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * Marks record components that are declared {@link Nullable} as nullable in the OpenAPI document. Swagger's own converter reads annotations
 * of components but not of their types, and cannot mark a reference as nullable (springdoc-openapi, issue 3362).
 */
final class NullableProperties implements ModelConverter {

    private static final String NULL = "null";

    /** Active in every service that publishes an OpenAPI document. */
    @AutoConfiguration
    @ConditionalOnClass(ModelConverter.class)
    static class NullablePropertiesAutoConfiguration {

        @Bean
        NullableProperties nullableProperties() {
            return new NullableProperties();
        }
    }

    @Override
    public @Nullable Schema<?> resolve(
            AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> others) {
        @Nullable Schema<?> resolved = others.hasNext() ? others.next().resolve(type, context, others) : null;
        Class<?> described = Json31.mapper().constructType(type.getType()).getRawClass();
        if (resolved != null && described.isRecord()) {
            @Nullable String reference = resolved.get$ref();
            @Nullable
            Schema<?> model = reference == null
                    ? resolved
                    : context.getDefinedModels().get(reference.substring(reference.lastIndexOf('/') + 1));
            if (model != null && model.getProperties() != null) {
                describe(model.getProperties(), described);
            }
        }
        return resolved;
    }

    @SuppressWarnings("rawtypes")
    private static void describe(Map<String, Schema> properties, Class<?> described) {
        Arrays.stream(described.getRecordComponents())
                .filter(component -> component.getAnnotatedType().isAnnotationPresent(Nullable.class))
                .map(RecordComponent::getName)
                .forEach(name -> properties.computeIfPresent(name, (_, property) -> orNull(property)));
    }

    private static Schema<?> orNull(Schema<?> property) {
        Schema<?> nothing = new JsonSchema().types(Set.of(NULL));
        if (property.get$ref() != null || property.getEnum() != null) {
            return new JsonSchema().oneOf(List.of(property, nothing));
        }
        if (property.getOneOf() != null) {
            return property.addOneOfItem(nothing);
        }
        @Nullable Set<String> types = property.getTypes();
        if (types != null) {
            Set<String> more = new LinkedHashSet<>(types);
            more.add(NULL);
            property.setTypes(more);
        }
        return property;
    }
}
