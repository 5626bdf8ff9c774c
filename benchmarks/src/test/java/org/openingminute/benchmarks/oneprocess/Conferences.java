package org.openingminute.benchmarks.oneprocess;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.flow.Flow;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.sale.DefinitionReader;
import org.openingminute.registration.sale.DefinitionReader.ReadDefinition;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Conferences for each flow. They are on sale from the start, and their definitions never change. Thread-safe. */
@Component
class Conferences {

    private static final int SEATS = 1_000_000;

    private final Map<String, Conference> all = new ConcurrentHashMap<>();

    Conferences(JdbcClient jdbc) {
        for (Flow flow : Flow.values()) {
            String slug = slug(flow);
            JsonNode source = Documents.tree(ApiClient.definition(slug, SEATS, "\"holdMinutes\": 60", flow.amount()));
            if (!(DefinitionReader.read(source, slug) instanceof ReadDefinition.Ok(var definition))) {
                throw new IllegalStateException("the definition cannot be read");
            }
            jdbc.sql("insert into one.conference (slug, next_reference) values (?, 1)")
                    .param(slug)
                    .update();
            all.put(slug, new Conference(slug, 1, definition, source, true, null));
        }
    }

    static String slug(Flow flow) {
        return "one-" + flow.words();
    }

    Conference named(String slug) {
        return Objects.requireNonNull(all.get(slug), slug);
    }
}
