package org.openingminute.registration.conferences;

import java.util.List;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.sale.AddOn;
import org.openingminute.registration.sale.CancellationRule;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.Phase;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A conference as everyone may read it. Its vouchers are not in it. */
final class ConferenceDocument {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private ConferenceDocument() {}

    /** What surrounds the facts that the organiser put. */
    record Sale(
            ConferenceController.SaleSpan sale,
            String currency,
            List<Category> categories,
            List<AddOn> addOns,
            List<Phase> phases,
            List<CancellationRule> cancellationPolicy,
            boolean sample) {}

    static JsonNode of(Conference conference, ConferenceController.SaleSpan sale) {
        Definition d = conference.definition();
        ObjectNode document = MAPPER.createObjectNode();
        for (String fact : List.of(
                "slug",
                "name",
                "fullName",
                "type",
                "startsOn",
                "endsOn",
                "timeZone",
                "city",
                "region",
                "country",
                "website",
                "summary")) {
            JsonNode value = conference.source().get(fact);
            document.set(fact, value == null ? MAPPER.nullNode() : value);
        }
        document.set("themes", MAPPER.valueToTree(d.themes()));
        document.set("audiences", MAPPER.valueToTree(d.audiences()));
        document.set("program", MAPPER.valueToTree(d.program()));
        ObjectNode around = MAPPER.valueToTree(new Sale(
                sale,
                d.registration().currency(),
                d.registration().categories(),
                d.registration().addOns(),
                d.registration().phases(),
                d.registration().cancellationPolicy(),
                d.sample()));
        document.setAll(around);
        return document;
    }
}
