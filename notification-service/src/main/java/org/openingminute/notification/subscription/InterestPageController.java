package org.openingminute.notification.subscription;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.notification.ops.PlainPages;
import org.openingminute.notification.projection.Conference;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/**
 * The subscription form on a conference's page, and the page behind the confirmation link. Programs that scan mails follow links, so a link
 * only shows a page, whose button makes the change.
 */
@Hidden
@Controller
class InterestPageController {

    private static final String CONFIRMATION = "/interest/confirmation";

    private final Interests interests;
    private final AddressForm addresses;
    private final InterestTokens tokens;
    private final PlainPages pages;

    InterestPageController(Interests interests, InterestTokens tokens, PlainPages pages, AddressForm addresses) {
        this.interests = interests;
        this.addresses = addresses;
        this.tokens = tokens;
        this.pages = pages;
    }

    @PostMapping(path = "/conferences/{slug}/interest", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    ModelAndView ask(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String email,
            @RequestParam(required = false) @Nullable List<@Nullable String> topics,
            Locale locale,
            HttpServletResponse response) {
        InterestController.Interest typed = new InterestController.Interest(email, topics);
        InterestRequest asked;
        try {
            asked = InterestRequest.checked(typed.email(), typed.topics(), List.of(), addresses);
        } catch (Problem wrong) {
            return pages.page(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    pages.text(locale, "interest.wrong"),
                    whatIsWrong(wrong, locale),
                    null,
                    interests.known(slug).orElse(null),
                    response);
        }
        // Last, since it may wait.
        Conference conference = interests.conference(slug);
        interests.ask(conference, asked, locale.getLanguage());
        return pages.page(
                HttpStatus.ACCEPTED,
                pages.text(locale, "interest.look"),
                List.of(pages.text(locale, "interest.look-text"), pages.text(locale, "interest.look-nothing")),
                null,
                conference,
                response);
    }

    private List<String> whatIsWrong(Problem wrong, Locale locale) {
        List<String> sentences = new ArrayList<>();
        if (wrong.concerns("email")) {
            sentences.add(pages.text(locale, "interest.wrong-email"));
        }
        if (wrong.concerns("topics")) {
            sentences.add(pages.text(locale, "interest.wrong-topics"));
        }
        sentences.add(pages.text(locale, "interest.wrong-back"));
        return sentences;
    }

    /** Shows the page without changing anything. */
    @GetMapping(CONFIRMATION)
    ModelAndView show(
            @RequestParam(required = false, defaultValue = "") String token,
            Locale locale,
            HttpServletResponse response) {
        Optional<InterestTokens.OptIn> optIn = tokens.readOptIn(token);
        if (optIn.isEmpty()) {
            return forged(locale, response);
        }
        @Nullable Conference conference = interests.open(optIn.get()).orElse(null);
        if (conference == null) {
            return ended(locale, response);
        }
        String topics = String.join(
                ", ",
                optIn.get().topics().stream()
                        .map(topic -> pages.text(locale, "topic." + topic.code()))
                        .toList());
        return pages.page(
                HttpStatus.OK,
                pages.text(locale, "interest.confirm", conference.name()),
                List.of(pages.text(locale, "interest.confirm-text", topics)),
                new PlainPages.Button(CONFIRMATION, "token", token, pages.text(locale, "interest.confirm-button")),
                conference,
                response);
    }

    @PostMapping(path = CONFIRMATION, consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    ModelAndView confirm(
            @RequestParam(required = false, defaultValue = "") String token,
            Locale locale,
            HttpServletResponse response) {
        Optional<InterestTokens.OptIn> optIn = tokens.readOptIn(token);
        if (optIn.isEmpty()) {
            return forged(locale, response);
        }
        @Nullable Conference conference = interests.open(optIn.get()).orElse(null);
        return switch (interests.confirm(optIn.get())) {
            case DONE ->
                pages.page(
                        HttpStatus.OK,
                        pages.text(locale, "interest.confirmed"),
                        List.of(pages.text(locale, "interest.confirmed-text")),
                        null,
                        conference,
                        response);
            case ENDED -> ended(locale, response);
        };
    }

    private ModelAndView ended(Locale locale, HttpServletResponse response) {
        return pages.page(
                HttpStatus.OK,
                pages.text(locale, "interest.ended"),
                List.of(pages.text(locale, "interest.ended-text")),
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
