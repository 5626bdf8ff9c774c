package org.openingminute.notification.documents;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.documents.DocumentAccess.Opened;
import org.openingminute.notification.projection.Conference;
import org.openingminute.notification.projection.RegistrationStatus;

/** Registrations from which tests make documents. */
final class Samples {

    static final UUID ADA = UUID.fromString("019c1f4b-fe80-704a-80ca-5a1d62ddb8ae");

    /** A ticket of maximum length, with the longest slug and the largest generation. */
    static final String TICKET =
            "T1." + "k".repeat(20) + "." + "s".repeat(63) + "." + ADA + ".2147483647." + "x".repeat(86);

    RegistrationStatus status = RegistrationStatus.CONFIRMED;
    String given = "Ada";
    String family = "Łovelace";

    @Nullable
    String affiliation = "Analytical Engines";

    String locale = "en";

    @Nullable
    String ticket = TICKET;

    long revision = 3;
    long definition = 4;
    LocalDate startsOn = LocalDate.parse("2026-05-18");

    Samples named(String newGiven, String newFamily) {
        given = newGiven;
        family = newFamily;
        affiliation = newGiven;
        return this;
    }

    Samples in(String language) {
        locale = language;
        return this;
    }

    Samples that(RegistrationStatus newStatus) {
        status = newStatus;
        return this;
    }

    Opened opened() {
        DocumentSubject.TicketHolder ada = new DocumentSubject.TicketHolder(
                ADA,
                "academic",
                given,
                family,
                null,
                affiliation,
                "GB",
                List.of(new DocumentSubject.BookedAddOn("tutorials", 1), new DocumentSubject.BookedAddOn("banquet", 2)),
                0,
                ticket);
        return new Opened(
                new DocumentSubject(
                        UUID.fromString("019c1f4b-fe80-7025-8065-5a1d316edc57"),
                        "ML26-7K3F9Q",
                        "mlsys-2026",
                        status,
                        revision,
                        new DocumentSubject.SubjectContact(locale),
                        0,
                        new ArrayList<>(List.of(ada)),
                        Instant.parse("2026-02-03T05:00:00Z")),
                ada,
                new DocumentConference(
                        new Conference(
                                "mlsys-2026",
                                "MLSys 2026",
                                "Conference on Machine Learning <and> Systems & friends 2026",
                                startsOn,
                                LocalDate.parse("2026-05-22"),
                                "America/Los_Angeles",
                                "Bellevue",
                                "WA",
                                "US",
                                true),
                        definition,
                        new DocumentConference.ConferenceNames(
                                Map.of("academic", "Academic"), Map.of("tutorials", "Tutorial day"))));
    }
}
