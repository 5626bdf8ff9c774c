package org.openingminute.registration.sale;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conference as its organiser defines it. {@code DefinitionReader} creates it from JSON, which is also the stored and returned form.
 * Immutable.
 *
 * @param startsOn first day, in the conference's time zone
 * @param endsOn last day, in the conference's time zone
 * @param country ISO 3166 alpha-2
 * @param sample whether the prices are fictitious
 */
public record Definition(
        String slug,
        String name,
        @Nullable String fullName,
        @Nullable String type,
        LocalDate startsOn,
        LocalDate endsOn,
        ZoneId timeZone,
        @Nullable String city,
        @Nullable String region,
        @Nullable String country,
        @Nullable String website,
        @Nullable String summary,
        List<Theme> themes,
        List<String> audiences,
        Program program,
        boolean sample,
        SaleTerms registration) {

    public Definition {
        themes = List.copyOf(themes);
        audiences = List.copyOf(audiences);
    }

    /** Returns the same conference with other terms of sale. */
    public Definition withRegistration(SaleTerms terms) {
        return new Definition(
                slug, name, fullName, type, startsOn, endsOn, timeZone, city, region, country, website, summary, themes,
                audiences, program, sample, terms);
    }

    /** The conference's subject. */
    public record Theme(String name, @Nullable String about) {}

    /**
     * The programme, as far as it is known.
     *
     * @param status the organiser's word, for example {@code to-be-announced}
     */
    public record Program(@Nullable String status, List<Item> keynotes, List<Item> sessions) {

        /** Nothing is announced yet. */
        public static final Program NONE = new Program(null, List.of(), List.of());

        public Program {
            keynotes = List.copyOf(keynotes);
            sessions = List.copyOf(sessions);
        }
    }

    /** A keynote or a session, which has a title or a speaker. */
    public record Item(
            @Nullable String title,
            @Nullable String speaker,
            @Nullable String affiliation,
            @Nullable String about,
            @Nullable String track,
            @Nullable String room,
            @Nullable Instant startsAt,
            @Nullable Instant endsAt) {}
}
