package org.openingminute.registration.sale;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.FieldErrors;
import org.openingminute.kit.web.JsonFields;
import tools.jackson.databind.JsonNode;

/** Reads a conference's definition and checks it as a whole. */
public final class DefinitionReader {

    static final int NAME = 200;
    private static final int QUARTER_SECONDS = 900;
    private static final int PROSE = 5_000;
    private static final Pattern SLUG = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());

    private final FieldErrors fieldErrors = new FieldErrors();

    private DefinitionReader() {}

    /** The result of reading a body. */
    public sealed interface ReadDefinition {

        record Ok(Definition definition) implements ReadDefinition {}

        /**
         * The errors of the definition; one of the lists may be empty.
         *
         * @param malformed fields of a wrong JSON type
         * @param invalid fields that are missing, unknown, or understood and wrong
         */
        record Wrong(List<FieldError> malformed, List<FieldError> invalid) implements ReadDefinition {}
    }

    /**
     * Reads the body of a {@code PUT}.
     *
     * @param slugOfPath the slug of the request's path, which the body's slug must equal
     */
    public static ReadDefinition read(JsonNode body, String slugOfPath) {
        return read(body, slugOfPath, _ -> false);
    }

    /** Parses a stored definition. Names with line breaks are tolerated, because earlier versions accepted them. */
    public static ReadDefinition readStored(JsonNode source, String slug) {
        return read(source, slug, error -> error.code().equals(JsonFields.NOT_ONE_LINE));
    }

    private static ReadDefinition read(JsonNode body, String slug, Predicate<FieldError> harmless) {
        DefinitionReader reader = new DefinitionReader();
        Definition definition = reader.definition(new JsonFields(body, "", reader.fieldErrors), slug);
        List<FieldError> malformed = reader.fieldErrors.malformed();
        List<FieldError> invalid = reader.fieldErrors.invalid();
        return definition != null && malformed.isEmpty() && invalid.stream().allMatch(harmless)
                ? new ReadDefinition.Ok(definition)
                : new ReadDefinition.Wrong(malformed, invalid);
    }

    static boolean isCountry(String code) {
        return COUNTRIES.contains(code);
    }

    private @Nullable Definition definition(JsonFields fields, String slugOfPath) {
        String slug = fields.requiredText("slug", 63);
        if (slug != null && !SLUG.matcher(slug).matches()) {
            fields.invalid("slug", "not-a-slug", "must be lower-case letters, digits and dashes");
        } else if (slug != null && !slug.equals(slugOfPath)) {
            fields.invalid("slug", "not-as-in-path", "must be the slug in the path, {}", slugOfPath);
        }
        String name = fields.requiredText("name", NAME);
        String fullName = fields.text("fullName", NAME);
        String type = fields.text("type", NAME);
        LocalDate startsOn = fields.requiredDate("startsOn");
        LocalDate endsOn = fields.requiredDate("endsOn");
        if (startsOn != null && endsOn != null && endsOn.isBefore(startsOn)) {
            fields.invalid("endsOn", "too-early", "must not be before {}", "startsOn");
        }
        ZoneId zone = zone(fields);
        String city = fields.text("city", NAME);
        String region = fields.text("region", NAME);
        String country = fields.text("country", NAME);
        if (country != null && !isCountry(country)) {
            fields.invalid("country", "not-a-country", "must be an ISO 3166 code of two letters");
        }
        String website = fields.webAddress("website");
        String summary = fields.prose("summary", PROSE);
        List<Definition.Theme> themes = themes(fields);
        List<String> audiences = fields.texts("audiences", 50, NAME);
        JsonFields programFields = fields.object("program");
        Definition.Program program = programFields == null ? Definition.Program.NONE : program(programFields);
        boolean sample = fields.flag("sample", false);
        JsonFields terms = fields.requiredObject("registration");
        SaleTerms registration = terms == null ? null : new SaleTermsReader(terms).read();
        fields.noOthers();
        if (slug == null
                || name == null
                || startsOn == null
                || endsOn == null
                || zone == null
                || registration == null) {
            return null;
        }
        return new Definition(
                slug,
                name,
                fullName,
                type,
                startsOn,
                endsOn,
                zone,
                city,
                region,
                country,
                website,
                summary,
                themes,
                audiences,
                program,
                sample,
                registration);
    }

    /**
     * Parses the time zone. Registrations are counted by quarters of an hour and a day must consist of whole ones, so a fixed offset must
     * be a multiple of 15 minutes.
     */
    private static @Nullable ZoneId zone(JsonFields fields) {
        String name = fields.requiredText("timeZone", NAME);
        if (name == null) {
            return null;
        }
        try {
            ZoneId zone = ZoneId.of(name);
            if (!(zone.normalized() instanceof ZoneOffset offset) || offset.getTotalSeconds() % QUARTER_SECONDS == 0) {
                return zone;
            }
        } catch (DateTimeException e) {
            // Reported below.
        }
        fields.invalid("timeZone", "not-a-time-zone", "must be a time zone such as America/Los_Angeles");
        return null;
    }

    private static List<Definition.Theme> themes(JsonFields fields) {
        List<Definition.Theme> themes = new ArrayList<>();
        for (JsonFields theme : fields.objects("themes", 50)) {
            String name = theme.requiredText("name", NAME);
            String about = theme.prose("about", PROSE);
            theme.noOthers();
            if (name != null) {
                themes.add(new Definition.Theme(name, about));
            }
        }
        return themes;
    }

    private static Definition.Program program(JsonFields fields) {
        Definition.Program program = new Definition.Program(
                fields.text("status", NAME),
                items(fields.objects("keynotes", 200)),
                items(fields.objects("sessions", 2_000)));
        fields.noOthers();
        return program;
    }

    private static List<Definition.Item> items(List<JsonFields> all) {
        List<Definition.Item> items = new ArrayList<>();
        for (JsonFields fields : all) {
            Instant startsAt = fields.instant("startsAt");
            Instant endsAt = fields.instant("endsAt");
            if (startsAt != null && endsAt != null && endsAt.isBefore(startsAt)) {
                fields.invalid("endsAt", "too-early", "must not be before {}", "startsAt");
            }
            if (!fields.has("speaker")) {
                fields.requiredText("title", NAME);
            }
            items.add(new Definition.Item(
                    fields.text("title", NAME),
                    fields.text("speaker", NAME),
                    fields.text("affiliation", NAME),
                    fields.prose("about", PROSE),
                    fields.text("track", NAME),
                    fields.text("room", NAME),
                    startsAt,
                    endsAt));
            fields.noOthers();
        }
        return items;
    }
}
