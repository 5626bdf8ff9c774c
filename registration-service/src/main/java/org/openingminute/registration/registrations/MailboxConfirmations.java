package org.openingminute.registration.registrations;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.AccessSettings;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.kit.web.JsonBody;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * Confirmed mailboxes. An unpaid seat of a confirmed mailbox counts against that mailbox alone. notification-service mails a token, which
 * is exchanged here for another token that accompanies registrations. Nothing is stored: a token contains a keyed hash of the mailbox and
 * its expiry by the machine's clock.
 */
@Service
public class MailboxConfirmations {

    /** The request header with a token; browsers send a cookie instead. */
    static final String HEADER = "Mailbox-Token";

    private static final String COOKIE = "mailbox-token";
    private static final String MAILED = "mailbox-confirmation";
    private static final String CONFIRMED = "mailbox-token";
    private static final Duration KEPT = Duration.ofHours(24);
    private static final Pattern FORM = Pattern.compile("(?<mailbox>[0-9a-f-]{36})_(?<ends>[0-9]{1,12})");

    private final AccessTokens tokens;
    private final Clock clock;
    private final boolean https;

    MailboxConfirmations(AccessTokens tokens, AccessSettings settings, Clock clock) {
        this.tokens = tokens;
        this.clock = clock;
        this.https = settings.publicUrl().toLowerCase(Locale.ROOT).startsWith("https:");
    }

    /** A token that accompanies registrations. */
    public record MailboxToken(String mailboxToken, Instant expiresAt) {}

    /** Returns the keyed hash of an address's mailbox. */
    UUID mailbox(String email) {
        return tokens.pseudonym("unpaid-mailbox", AddressForm.unlabelled(email));
    }

    /** Exchanges a mailed token; empty if the token is invalid or expired. */
    public Optional<MailboxToken> confirm(String mailed) {
        Instant end = clock.instant().plus(KEPT).truncatedTo(ChronoUnit.SECONDS);
        return read(MAILED, mailed)
                .map(mailbox -> new MailboxToken(tokens.sign(CONFIRMED, mailbox + "_" + end.getEpochSecond()), end));
    }

    /** Returns whether a text is a genuine mailed token that has expired. */
    public boolean isEnded(String mailed) {
        return tokens.read(MAILED, mailed).isPresent() && read(MAILED, mailed).isEmpty();
    }

    /** Returns the cookie in which a browser sends a token. */
    public ResponseCookie cookie(MailboxToken token) {
        return ResponseCookie.from(COOKIE, token.mailboxToken())
                .path("/")
                .httpOnly(true)
                .sameSite("Lax")
                .secure(https)
                .maxAge(KEPT)
                .build();
    }

    /** Returns the mailboxes of the tokens in a request. */
    Stream<UUID> confirmed(HttpServletRequest request) {
        Cookie @Nullable [] cookies = request.getCookies();
        Stream<String> remembered = cookies == null
                ? Stream.empty()
                : Arrays.stream(cookies)
                        .filter(cookie -> cookie.getName().equals(COOKIE))
                        .map(Cookie::getValue);
        return Stream.concat(Stream.ofNullable(request.getHeader(HEADER)), remembered)
                .flatMap(token -> read(CONFIRMED, token).stream());
    }

    private Optional<UUID> read(String purpose, String token) {
        return tokens.read(purpose, token)
                .map(FORM::matcher)
                .filter(form -> form.matches()
                        && Instant.ofEpochSecond(Long.parseLong(form.group("ends")))
                                .isAfter(clock.instant()))
                .map(form -> UUID.fromString(form.group("mailbox")));
    }

    /** Exchanges mailed tokens over the API. */
    @RestController
    static class MailboxConfirmationController {

        private final MailboxConfirmations confirmations;

        MailboxConfirmationController(MailboxConfirmations confirmations) {
            this.confirmations = confirmations;
        }

        private static final int LONGEST = 200;

        /** A request with the mailed token. */
        @Schema(name = "MailedToken")
        record Mailed(@Nullable String token) {}

        @Operation(
                summary = "Confirms a mailbox",
                description =
                        "Exchanges the token of the mail for one that registrations carry as Mailbox-Token, for 24"
                                + " hours. Their unpaid seats are counted by the mailbox alone.",
                requestBody =
                        @io.swagger.v3.oas.annotations.parameters.RequestBody(
                                required = true,
                                content = @Content(schema = @Schema(implementation = Mailed.class))))
        @PostMapping(path = "/api/mailbox-confirmations", consumes = MediaType.APPLICATION_JSON_VALUE)
        ResponseEntity<MailboxToken> confirm(@RequestBody(required = false) byte @Nullable [] body) {
            @Nullable
            String token =
                    JsonBody.readKnown(JsonBody.object(body), Mailed.class).token();
            if (token == null) {
                throw Problem.invalid("token", "required", "is required");
            }
            if (token.length() > LONGEST) {
                throw Problem.invalid("token", "too-long", "has more than {} characters", LONGEST);
            }
            MailboxToken confirmed = confirmations
                    .confirm(token)
                    .orElseThrow(() -> new Problem(CommonProblem.FORBIDDEN, "This link has expired or is incomplete."));
            return ResponseEntity.ok()
                    .header(HttpHeaders.CACHE_CONTROL, "private, no-store")
                    .body(confirmed);
        }
    }
}
