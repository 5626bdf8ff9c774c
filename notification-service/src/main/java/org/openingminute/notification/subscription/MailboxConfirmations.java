package org.openingminute.notification.subscription;

import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.runtime.Steps;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.messaging.TraceContext;
import org.openingminute.notification.due.MailSignal;
import org.openingminute.notification.ops.PlainPages;
import org.openingminute.notification.projection.Conference;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Repository;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.ModelAndView;

/**
 * Mails the owner of a mailbox a link that shows registration-service that they read it. The answer is the same whatever is
 * known about the address, and however often it was asked for.
 */
@Repository
public class MailboxConfirmations {

    /** The time within which a mailed link can be opened. */
    public static final Duration ANSWER_WITHIN = Duration.ofHours(24);

    private static final Duration HOUR = Duration.ofHours(1);

    private final JdbcClient jdbc;
    private final Ids ids;
    private final InterestTokens tokens;
    private final TraceContext traces;
    private final Clock clock;

    MailboxConfirmations(JdbcClient jdbc, Ids ids, InterestTokens tokens, TraceContext traces, Clock clock) {
        this.jdbc = jdbc;
        this.ids = ids;
        this.tokens = tokens;
        this.traces = traces;
        this.clock = clock;
    }

    /** For which conference, and in which language, a mail was asked for, as its row says. */
    public record Asked(String conference, String locale) {

        /** Reads it. */
        public static Asked of(String about) {
            int end = about.indexOf(' ');
            return new Asked(about.substring(0, end), about.substring(end + 1));
        }

        String about() {
            return conference + " " + locale;
        }
    }

    /** Orders the mail, unless the third last was ordered for this mailbox within an hour; false if so. */
    boolean order(Asked asked, String email) {
        Instant now = clock.instant();
        return jdbc.sql("""
                with allowed as (
                    insert into mailbox_brake as b (mailbox, mailed_at, last_at)
                    values (:mailbox, array[:now::timestamptz], :now)
                    on conflict (mailbox) do update
                       set mailed_at = (b.mailed_at || :now::timestamptz)[greatest(1, cardinality(b.mailed_at) - 1):],
                           last_at = :now
                     where cardinality(b.mailed_at) < 3 or b.mailed_at[1] <= :before
                    returning mailbox)
                insert into mail (id, kind, about, recipient, due_since, next_try_at, created_at, state_since, traceparent)
                select :id::uuid, :kind, :about, :email, :now::timestamptz, :now::timestamptz, :now::timestamptz,
                       :now::timestamptz, :traceparent
                  from allowed
                """)
                        .param("mailbox", tokens.confirmed(email))
                        .param("now", Timestamp.from(now))
                        .param("before", Timestamp.from(now.minus(HOUR)))
                        .param("id", ids.next())
                        .param("kind", SubscriptionMail.MAILBOX.code())
                        .param("about", asked.about())
                        .param("email", email)
                        .param("traceparent", traces.parent(), Types.VARCHAR)
                        .update()
                > 0;
    }

    /** Deletes what no longer keeps a mail back. */
    @Scheduled(fixedDelay = 600_000, initialDelay = 120_000)
    void forgetOld() {
        Steps.repeat(most -> jdbc.sql("""
                delete from mailbox_brake
                 where ctid = any (array(select ctid from mailbox_brake where last_at < :at limit :most)) and last_at < :at
                """)
                .param("at", Timestamp.from(clock.instant().minus(HOUR)))
                .param("most", most)
                .update());
    }

    /** The request, checked. */
    @Component
    static class ConfirmationRequests {

        private final MailboxConfirmations confirmations;
        private final Interests interests;
        private final AddressForm addresses;
        private final MailSignal signal;

        ConfirmationRequests(
                MailboxConfirmations confirmations, Interests interests, AddressForm addresses, MailSignal signal) {
            this.confirmations = confirmations;
            this.interests = interests;
            this.addresses = addresses;
            this.signal = signal;
        }

        Conference ask(String slug, @Nullable String email, Locale locale) {
            Conference conference = interests.conference(slug);
            String address = email == null ? "" : email.strip();
            if (!addresses.accepts(address)) {
                throw Problem.invalid("email", "not-an-email", "is not an e-mail address");
            }
            if (confirmations.order(new Asked(conference.slug(), locale.getLanguage()), address)) {
                signal.raise();
            }
            return conference;
        }
    }

    /** The API, and the form of a registration that was refused. */
    @RestController
    static class MailboxConfirmationController {

        private final ConfirmationRequests requests;
        private final PlainPages pages;

        MailboxConfirmationController(ConfirmationRequests requests, PlainPages pages) {
            this.requests = requests;
            this.pages = pages;
        }

        /** The address to be confirmed. */
        @Schema(name = "MailboxConfirmation")
        record Wanted(@Nullable String email) {}

        /** The next step, the same whatever is known about the address. */
        @Schema(name = "MailboxConfirmationTaken")
        record Taken(String next) {}

        @Operation(
                summary = "Mails a link that confirms a mailbox, three an hour at most",
                requestBody =
                        @RequestBody(
                                required = true,
                                content = @Content(schema = @Schema(implementation = Wanted.class))))
        @PostMapping(
                path = "/api/conferences/{slug}/mailbox-confirmations",
                consumes = MediaType.APPLICATION_JSON_VALUE)
        @ResponseStatus(HttpStatus.ACCEPTED)
        Taken ask(@PathVariable String slug, HttpServletRequest request, Locale locale) throws IOException {
            requests.ask(
                    slug,
                    JsonBody.readKnown(JsonBody.object(request), Wanted.class).email(),
                    locale);
            return new Taken("confirmation-by-mail");
        }

        @Hidden
        @PostMapping(
                path = "/conferences/{slug}/mailbox-confirmations",
                consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
        ModelAndView form(
                @PathVariable String slug,
                @RequestParam(required = false) @Nullable String email,
                Locale locale,
                HttpServletResponse response) {
            try {
                Conference conference = requests.ask(slug, email, locale);
                return pages.page(
                        HttpStatus.ACCEPTED,
                        pages.text(locale, "mailbox.look"),
                        List.of(pages.text(locale, "mailbox.look-text"), pages.text(locale, "mailbox.look-nothing")),
                        null,
                        conference,
                        response);
            } catch (Problem wrong) {
                if (!wrong.concerns("email")) {
                    throw wrong;
                }
                return pages.page(
                        HttpStatus.UNPROCESSABLE_CONTENT,
                        pages.text(locale, "interest.wrong"),
                        List.of(pages.text(locale, "interest.wrong-email"), pages.text(locale, "interest.wrong-back")),
                        null,
                        null,
                        response);
            }
        }
    }
}
