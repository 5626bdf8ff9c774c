package org.openingminute.notification.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import net.fortuna.ical4j.data.CalendarBuilder;
import net.fortuna.ical4j.data.ParserException;
import net.fortuna.ical4j.model.Calendar;
import net.fortuna.ical4j.model.Component;
import net.fortuna.ical4j.model.Property;
import net.fortuna.ical4j.model.component.VEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.SingleLine;
import org.openingminute.notification.projection.RegistrationStatus;

/** Proves calendar entries by reading them with an independent parser. */
class CalendarEntryTest {

    private static final Instant NOW = Instant.parse("2026-02-03T06:07:08.9Z");

    private final CalendarEntry entry =
            new CalendarEntry(DocumentConfiguration.messages(), "https://tickets.example.org", "desk@example.org");

    @Test
    void it_is_an_entry_for_the_days_of_the_conference() throws Exception {
        Calendar calendar = parsed(new Samples());
        VEvent event = event(calendar);

        assertThat(property(calendar, "METHOD")).isEqualTo("PUBLISH");
        assertThat(property(event, "UID")).isEqualTo(Samples.ADA + "@mlsys-2026");
        assertThat(property(event, "SEQUENCE")).isEqualTo("7");
        assertThat(property(event, "DTSTAMP")).isEqualTo("20260203T060708Z");
        assertThat(property(event, "DTSTART")).isEqualTo("20260518");
        assertThat(property(event, "DTEND")).isEqualTo("20260523");
        assertThat(property(event, "STATUS")).isEqualTo("CONFIRMED");
        assertThat(property(event, "SUMMARY")).isEqualTo("MLSys 2026");
        assertThat(property(event, "LOCATION")).isEqualTo("Bellevue, WA, United States");
        assertThat(property(event, "ORGANIZER")).isEqualTo("mailto:desk@example.org");
        assertThat(property(event, "URL"))
                .isEqualTo("https://tickets.example.org/registrations/019c1f4b-fe80-7025-8065-5a1d316edc57");
        assertThat(property(event, "DESCRIPTION"))
                .isEqualTo("Conference on Machine Learning <and> Systems & friends 2026\nAda Łovelace, Academic\n"
                        + "Registration ML26-7K3F9Q");
        assertThat(calendar.validate().hasErrors())
                .as(calendar.validate().toString())
                .isFalse();
        assertThat(property(event(parsed(new Samples().in("de"))), "DESCRIPTION"))
                .contains("Anmeldung ML26-7K3F9Q");
    }

    @Test
    void a_change_of_the_registration_or_of_the_conference_takes_its_place() throws Exception {
        Samples later = new Samples();
        later.revision++;
        Samples moved = new Samples();
        moved.definition++;
        moved.startsOn = LocalDate.parse("2026-05-19");

        assertThat(property(event(parsed(later)), "UID")).isEqualTo(property(event(parsed(new Samples())), "UID"));
        assertThat(property(event(parsed(later)), "SEQUENCE")).isEqualTo("8");
        assertThat(property(event(parsed(moved)), "SEQUENCE")).isEqualTo("8");
        assertThat(property(event(parsed(moved)), "DTSTART")).isEqualTo("20260519");
    }

    @Test
    void cancelled_registration_removes_its_calendar_entry() throws Exception {
        Samples cancelled = new Samples().that(RegistrationStatus.CANCELLED);
        cancelled.ticket = null;
        cancelled.revision++;
        Calendar calendar = parsed(cancelled);

        assertThat(property(calendar, "METHOD")).isEqualTo("CANCEL");
        assertThat(property(event(calendar), "STATUS")).isEqualTo("CANCELLED");
        assertThat(property(event(calendar), "UID")).isEqualTo(property(event(parsed(new Samples())), "UID"));
        assertThat(property(event(calendar), "SEQUENCE")).isEqualTo("8");
        assertThat(calendar.validate().hasErrors()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = RegistrationStatus.class,
            names = {"CONFIRMED", "CANCELLED"},
            mode = EnumSource.Mode.EXCLUDE)
    void unconfirmed_attendee_has_no_document(RegistrationStatus status) {
        assertThatThrownBy(() -> entry.write(new Samples().that(status).opened(), NOW))
                .isInstanceOf(Problem.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Ada; \\n, \"Countess\"\\",
                "Ada\r\nEND:VEVENT\r\nBEGIN:VALARM\r\nATTACH:http://127.0.0.1/",
                "埃达·洛夫莱斯埃达·洛夫莱斯埃达·洛夫莱斯埃达·洛夫莱斯埃达·洛夫莱斯",
                "👩🏽‍🔬👨‍👩‍👧‍👦🇬🇧👩🏽‍🔬👨‍👩‍👧‍👦🇬🇧👩🏽‍🔬👨‍👩‍👧‍👦🇬🇧👩🏽‍🔬👨‍👩‍👧‍👦🇬🇧",
                "\u0000\u0007\u2028\u0085x"
            })
    void no_name_breaks_it(String name) throws Exception {
        Samples named = new Samples().named(name.repeat(3), name);
        String written = new String(entry.write(named.opened(), NOW).bytes(), StandardCharsets.UTF_8);

        assertThat(written.split("\r\n", -1))
                .allSatisfy(line ->
                        assertThat(line.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(75))
                .allSatisfy(line -> assertThat(line).doesNotContainPattern("[\\x00-\\x08\\x0a-\\x1f\ufffd]"));
        Calendar calendar = parsed(named);
        assertThat(calendar.getComponents()).hasSize(1);
        assertThat(event(calendar).getAlarms()).isEmpty();
        assertThat(property(event(calendar), "DESCRIPTION"))
                .contains(SingleLine.of(name.repeat(3) + " " + name) + ", Academic\n");
    }

    private Calendar parsed(Samples samples) throws IOException, ParserException {
        return new CalendarBuilder()
                .build(new ByteArrayInputStream(
                        entry.write(samples.opened(), NOW).bytes()));
    }

    private static VEvent event(Calendar calendar) {
        return calendar.<VEvent>getComponent(Component.VEVENT).orElseThrow();
    }

    private static String property(Calendar calendar, String name) {
        return calendar.<Property>getProperty(name).orElseThrow().getValue();
    }

    private static String property(VEvent event, String name) {
        return event.<Property>getProperty(name).orElseThrow().getValue();
    }
}
