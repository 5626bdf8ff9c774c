package org.openingminute.registration.conferences;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.Phase;
import org.openingminute.registration.sale.RefundPolicy.CancellationRule;
import org.openingminute.registration.sale.SaleTerms.AddOn;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The public API of conferences. */
@RestController
@RequestMapping("/api/conferences")
class ConferenceController {

    private static final CacheControl SHORTLY =
            CacheControl.maxAge(Duration.ofSeconds(1)).cachePublic();
    private static final int MOST = 200;

    private final Conferences conferences;

    ConferenceController(Conferences conferences) {
        this.conferences = conferences;
    }

    /** The span of the sale. */
    record SaleSpan(String state, Instant opensAt, Instant closesAt) {}

    /** A conference in a list. */
    record Summary(
            String slug,
            String name,
            @Nullable String type,
            LocalDate startsOn,
            LocalDate endsOn,
            @Nullable String city,
            @Nullable String region,
            @Nullable String country,
            @Nullable String website,
            SaleSpan sale) {}

    /** A page of a list. */
    record CursorPage(List<Summary> items, @Nullable String next) {}

    @GetMapping
    ResponseEntity<CursorPage> list(
            @RequestParam(defaultValue = "50") int limit, @RequestParam(required = false) @Nullable String after) {
        int most = Math.clamp(limit, 1, MOST);
        Stream<Conference> rest = conferences.all().stream().sorted(Comparator.comparing(Conference::slug));
        List<Conference> page = rest.filter(c -> after == null || c.slug().compareTo(after) > 0)
                .limit(most + 1L)
                .toList();
        boolean more = page.size() > most;
        List<Conference> shown = more ? page.subList(0, most) : page;
        return ResponseEntity.ok()
                .cacheControl(SHORTLY)
                .body(new CursorPage(
                        shown.stream().map(this::summary).toList(),
                        more ? shown.getLast().slug() : null));
    }

    private Summary summary(Conference conference) {
        Definition d = conference.definition();
        return new Summary(
                d.slug(),
                d.name(),
                d.type(),
                d.startsOn(),
                d.endsOn(),
                d.city(),
                d.region(),
                d.country(),
                d.website(),
                sale(conference));
    }

    private SaleSpan sale(Conference conference) {
        return new SaleSpan(
                conferences.availability(conference.slug()).state(),
                conference.definition().registration().sale().opensAt(),
                conference.definition().registration().sale().closesAt());
    }

    /** Returns the definition as the organiser sent it, with the sale's state and without vouchers, which are not public. */
    @GetMapping("/{slug}")
    ResponseEntity<JsonNode> conference(@PathVariable String slug) {
        Conference conference = conferences.require(slug);
        return ResponseEntity.ok()
                .cacheControl(SHORTLY)
                .eTag("\"%d-%s\""
                        .formatted(conference.revision(), sale(conference).state()))
                .body(ConferenceDocument.of(conference, sale(conference)));
    }

    @GetMapping("/{slug}/availability")
    ResponseEntity<AvailabilityView> availability(@PathVariable String slug) {
        AvailabilityView view = conferences.availability(slug);
        return ResponseEntity.ok().cacheControl(SHORTLY).body(view);
    }

    /** The public view of a conference, without its vouchers. */
    static final class ConferenceDocument {

        private static final JsonMapper MAPPER = JsonMapper.builder().build();

        private ConferenceDocument() {}

        /** The fields around the facts that the organiser sent. */
        record SaleView(
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
            ObjectNode around = MAPPER.valueToTree(new SaleView(
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
}
