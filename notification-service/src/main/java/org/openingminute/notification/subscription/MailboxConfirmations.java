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
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.BatchedMaintenance;
import org.openingminute.kit.runtime.Ids;
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
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.ModelAndView;

/**
 * Mails the owner of a mailbox a link that proves to registration-service that the owner reads it. The reply never depends on what is known
 * about the address or on how often it was requested.
 */
@Repository
public class MailboxConfirmations {

    /** The time within which a mailed link can be opened. */
    public static final Duration ANSWER_WITHIN = Duration.ofHours(24);

    private final JdbcClient jdbc;
    private final Ids ids;
    private final MailboxThrottle throttle;
    private final TraceContext traces;
    private final Clock clock;
    private final TransactionTemplate transaction;

    MailboxConfirmations(
            JdbcClient jdbc,
            Ids ids,
            MailboxThrottle throttle,
            TraceContext traces,
            Clock clock,
            TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.ids = ids;
        this.throttle = throttle;
        this.traces = traces;
        this.clock = clock;
        this.transaction = transaction;
    }

    /** The conference and language of a requested mail, as stored in its row. */
    public record Asked(String conference, String locale) {

        /** Parses the stored form. */
        public static Asked of(String about) {
            int end = about.indexOf(' ');
            return new Asked(about.substring(0, end), about.substring(end + 1));
        }

        String about() {
            return conference + " " + locale;
        }
    }

    /** Queues the mail; returns false if its mailbox would get too many. */
    boolean order(Asked asked, String email) {
        return transaction.execute(_ -> {
            boolean allowed = throttle.allows(email);
            if (allowed) {
                insert(asked, email);
            }
            return allowed;
        });
    }

    private void insert(Asked asked, String email) {
        Timestamp now = Timestamp.from(clock.instant());
        jdbc.sql("""
                insert into mail (id, kind, about, recipient, due_since, next_try_at, created_at, state_since, traceparent)
                values (:id, :kind, :about, :email, :now, :now, :now, :now, :traceparent)
                """)
                .param("id", ids.next())
                .param("kind", SubscriptionMail.MAILBOX.code())
                .param("about", asked.about())
                .param("email", email)
                .param("now", now)
                .param("traceparent", traces.parent(), Types.VARCHAR)
                .update();
    }

    /** Deletes mails whose links have expired, because addresses must not be kept longer than necessary. */
    @Scheduled(fixedDelay = 600_000, initialDelay = 180_000)
    void forgetOld() {
        BatchedMaintenance.repeat(most -> jdbc.sql("""
                delete from mail
                 where id = any (array(select id from mail
                                        where kind = 'mailbox-confirmation' and state <> 'waiting' and state_since < :at
                                        limit :most))
                   and state <> 'waiting'
                """)
                .param("at", Timestamp.from(clock.instant().minus(ANSWER_WITHIN)))
                .param("most", most)
                .update());
    }

    /** Validates a request and queues its mail. */
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
            String address = email == null ? "" : email.strip();
            if (!addresses.accepts(address)) {
                throw Problem.invalid("email", "not-an-email", "is not an email address");
            }
            // Comes last because it may wait.
            Conference conference = interests.conference(slug);
            if (confirmations.order(new Asked(conference.slug(), locale.getLanguage()), address)) {
                signal.raise();
            }
            return conference;
        }
    }

    /** Serves the API and the form of a refused registration. */
    @RestController
    static class MailboxConfirmationController {

        private final ConfirmationRequests requests;
        private final PlainPages pages;

        MailboxConfirmationController(ConfirmationRequests requests, PlainPages pages) {
            this.requests = requests;
            this.pages = pages;
        }

        /** A request with the address to confirm. */
        @Schema(name = "MailboxConfirmation")
        record Wanted(@Nullable String email) {}

        /** The next step. It never depends on what is known about the address. */
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
