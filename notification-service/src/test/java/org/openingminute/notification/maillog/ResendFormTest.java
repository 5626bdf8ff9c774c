package org.openingminute.notification.maillog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.notification.ops.BusinessOffsets.OffsetHistory;
import org.openingminute.notification.ops.DeskPage;
import org.openingminute.notification.ops.DeskTexts;
import org.openingminute.notification.projection.Conference;
import org.openingminute.ui.desk.DeskReader;
import org.openingminute.ui.desk.DeskView;
import org.springframework.context.support.StaticMessageSource;

/** Proves how the form's times and fields become a selection, without Spring. */
class ResendFormTest {

    private static final Instant NOW = Instant.parse("2026-05-18T14:12:07.5Z");

    private static final DeskPage PAGE = new DeskPage(
            new Caller.Staff(new Person("organiser", "Ada Lovelace"), Set.of(), Instant.MAX),
            new Conference(
                    "mlsys-2026",
                    "MLSys 2026",
                    null,
                    LocalDate.parse("2026-05-18"),
                    LocalDate.parse("2026-05-22"),
                    "America/Los_Angeles",
                    null,
                    null,
                    null,
                    true),
            new DeskTexts(new StaticMessageSource(), Locale.ENGLISH),
            DeskView.of(new DeskReader("Ada Lovelace", Set.of())),
            true,
            null,
            false);

    private static final OffsetHistory DEPLOYED = new OffsetHistory(Collections.emptyNavigableMap());

    private static final Map<String, String> ALL =
            Map.of("state", "all", "kind", "all", "since", "2026-05-18T06:00", "reason", "The relay is back.");

    @Test
    void minutes_are_those_of_the_conference_and_end_with_the_last_of_them() {
        assertThat(with("until", "2026-05-18T06:30").order(PAGE, DEPLOYED, NOW))
                .isEqualTo(new Resends.ManyOrder(
                        new MailSelection(
                                null,
                                Instant.parse("2026-05-18T13:00:00Z"),
                                Instant.parse("2026-05-18T13:30:59.999999Z"),
                                null),
                        Set.of("mlsys-2026"),
                        PAGE.staff().person(),
                        "The relay is back."));
    }

    @Test
    void minutes_of_a_rehearsal_are_business_time() {
        // The clock starts at May 18, 5:30. It moves two hours ahead an hour later, and a day back another hour later.
        Instant began = Instant.parse("2026-08-16T12:30:00Z");
        OffsetHistory moved = new OffsetHistory(new TreeMap<>(Map.of(
                began,
                Duration.ofDays(-90),
                began.plus(Duration.ofHours(1)),
                Duration.ofDays(-90).plusHours(2),
                began.plus(Duration.ofHours(2)),
                Duration.ofDays(-91).plusHours(2))));

        assertThat(since(moved, "2026-05-17T06:00"))
                .as("before the first known offset")
                .isEqualTo(Instant.parse("2026-08-15T13:00:00Z"));
        assertThat(moved.businessTime(Instant.parse("2026-08-15T13:00:00Z")))
                .isEqualTo(Instant.parse("2026-05-17T13:00:00Z"));
        assertThat(since(moved, "2026-05-18T06:00")).isEqualTo(began.plus(Duration.ofMinutes(30)));
        assertThat(since(moved, "2026-05-18T07:00")).as("skipped").isEqualTo(began.plus(Duration.ofHours(1)));
        assertThat(since(moved, "2026-05-18T09:00")).isEqualTo(began.plus(Duration.ofMinutes(90)));
        assertThat(since(moved, "2026-05-18T10:00"))
                .as("first shown after the clock moved back")
                .isEqualTo(began.plus(Duration.ofMinutes(1_590)));
    }

    @Test
    void nothing_is_sent_that_failed_after_the_preview() {
        ResendForm shown = with("until", "2026-05-18T23:00").shown("key", NOW);

        assertThat(shown.order(PAGE, DEPLOYED, NOW.plusSeconds(600)).selection().until())
                .isEqualTo(NOW);
        assertThat(new ResendForm(ALL).order(PAGE, DEPLOYED, NOW).selection().until())
                .isEqualTo(NOW);
    }

    @Test
    void all_that_is_wrong_is_named_at_once() {
        ResendForm form = new ResendForm(Map.of("state", "sent", "since", "yesterday", "until", "+12026-05-18T06:00"));

        assertThatThrownBy(() -> form.order(PAGE, DEPLOYED, NOW))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.errors())
                                .extracting(FieldError::field)
                                .containsExactlyInAnyOrder("state", "kind", "since", "until", "reason"));
    }

    private static Instant since(OffsetHistory history, String typed) {
        return with("since", typed).order(PAGE, history, NOW).selection().since();
    }

    private static ResendForm with(String field, String value) {
        Map<String, String> values = new HashMap<>(ALL);
        values.put(field, value);
        return new ResendForm(values);
    }
}
