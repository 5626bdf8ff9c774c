package org.openingminute.notification.subscription;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.notification.ops.PlainPages;
import org.openingminute.notification.projection.Conference;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.ModelAndView;

/**
 * Unsubscribes with one click (RFC 8058): the mail program posts to the URL in the mail, without cookies, and follows no redirect. A
 * browser that opens this URL gets a page with a button that does the same.
 */
@Hidden
@Controller
@RequestMapping("/api/unsubscribe/{token}")
class UnsubscribeController {

    private static final String ONE_CLICK_NAME = "List-Unsubscribe";
    private static final String ONE_CLICK_VALUE = "One-Click";

    private final Interests interests;
    private final InterestTokens tokens;
    private final PlainPages pages;

    UnsubscribeController(Interests interests, InterestTokens tokens, PlainPages pages) {
        this.interests = interests;
        this.tokens = tokens;
        this.pages = pages;
    }

    /** Shows the page without changing anything. */
    @GetMapping
    ModelAndView show(@PathVariable String token, Locale locale, HttpServletResponse response) {
        Optional<UUID> reader = tokens.readUnsubscribe(token);
        if (reader.isEmpty()) {
            return forged(locale, response);
        }
        @Nullable Conference conference = interests.conferenceOf(reader.get()).orElse(null);
        if (conference == null) {
            return left(locale, response);
        }
        return pages.page(
                HttpStatus.OK,
                pages.text(locale, "unsubscribe.title", conference.name()),
                List.of(pages.text(locale, "unsubscribe.text", conference.name())),
                new PlainPages.Button(
                        "/api/unsubscribe/" + token,
                        ONE_CLICK_NAME,
                        ONE_CLICK_VALUE,
                        pages.text(locale, "unsubscribe.button")),
                conference,
                response);
    }

    /** Unsubscribes. A mail program gets an empty response, a browser a page. The request's body is ignored. */
    @PostMapping
    @Nullable
    ModelAndView leave(
            @PathVariable String token,
            @RequestHeader(name = HttpHeaders.ACCEPT, defaultValue = "") String accepted,
            Locale locale,
            HttpServletResponse response) {
        boolean browser = accepted.contains(MediaType.TEXT_HTML_VALUE);
        Optional<UUID> reader = tokens.readUnsubscribe(token);
        if (reader.isEmpty()) {
            if (browser) {
                return forged(locale, response);
            }
            throw new Problem(CommonProblem.FORBIDDEN, "This link is not valid.");
        }
        interests.leave(reader.get());
        if (browser) {
            return left(locale, response);
        }
        response.setStatus(HttpStatus.NO_CONTENT.value());
        return null;
    }

    private ModelAndView left(Locale locale, HttpServletResponse response) {
        return pages.page(
                HttpStatus.OK,
                pages.text(locale, "unsubscribe.done"),
                List.of(pages.text(locale, "unsubscribe.done-text")),
                null,
                null,
                response);
    }

    private ModelAndView forged(Locale locale, HttpServletResponse response) {
        return pages.page(
                HttpStatus.FORBIDDEN,
                pages.text(locale, "interest.forged"),
                List.of(pages.text(locale, "interest.forged-text")),
                null,
                null,
                response);
    }
}
