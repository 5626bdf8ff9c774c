package org.openingminute.registration.pages;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.pages.PageViews.Redirects;
import org.openingminute.registration.registrations.MailboxConfirmations;
import org.openingminute.registration.registrations.MailboxConfirmations.MailboxToken;
import org.openingminute.registration.registrations.Registrations;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/**
 * The page that links in mails lead to. The token follows a {@code #}, so it reaches no server until the page submits it, by script or from
 * a field into which the link is pasted. It then becomes a cookie for that registration only.
 */
@Controller
@RequestMapping("/open")
class OpenPageController {

    private static final String CLOSED = "closed";

    /** Marks a link that confirms a mailbox. */
    private static final String MAILBOX = "mailbox";

    /** The actions that redirect here when they are done; a confirmed mailbox has a page of its own. */
    private static final Set<String> DONE = Set.of(CLOSED, "new-link");

    /** The documents that a link may lead to, with their paths below the registration's path in the API. */
    private static final Map<String, String> DOCUMENTS =
            Map.of("receipt", "/receipt.pdf", "credit-note", "/credit-note.pdf", "invoice", "/invoice.pdf");

    /** The same for documents of an attendee; in the link, the attendee's id follows after a dot. */
    private static final Map<String, String> OF_ATTENDEES =
            Map.of("ticket", "/ticket.pdf", "calendar", "/calendar.ics");

    private static final Pattern OF_ATTENDEE =
            Pattern.compile("([a-z]+)\\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})");

    private final AccessTokens tokens;
    private final CallerResolver callers;
    private final Registrations registrations;
    private final MailboxConfirmations mailboxes;
    private final PageViews views;

    OpenPageController(
            AccessTokens tokens,
            CallerResolver callers,
            Registrations registrations,
            MailboxConfirmations mailboxes,
            PageViews views) {
        this.tokens = tokens;
        this.callers = callers;
        this.registrations = registrations;
        this.mailboxes = mailboxes;
        this.views = views;
    }

    /**
     * Shows the page.
     *
     * @param to the document to open; an unknown one is ignored
     * @param done the action that was completed; an unknown one is ignored
     */
    @GetMapping
    ModelAndView page(
            @RequestParam(defaultValue = "") String to,
            @RequestParam(defaultValue = "") String done,
            Locale locale,
            HttpServletResponse response) {
        Localizer localizer = views.localizer(locale);
        if (done.equals(MAILBOX)) {
            response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-store");
            return views.page("mailbox-confirmed", localizer.of("open.done.mailbox-title"), localizer);
        }
        return page(localizer, null, to, response)
                .addObject("done", DONE.contains(done) ? localizer.of("open.done." + done) : null);
    }

    /** Removes this browser's cookies of all registrations; the links remain valid. */
    @PostMapping("/close")
    void close(HttpServletRequest request, HttpServletResponse response) {
        callers.forgetting(request).forEach(cookie -> response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString()));
        Redirects.seeOther(response, "/open?done=" + CLOSED);
    }

    @PostMapping(consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    @Nullable
    ModelAndView open(
            @RequestParam(defaultValue = "") String token,
            @RequestParam(defaultValue = "") String to,
            Locale locale,
            HttpServletResponse response) {
        // Accepts the whole link or only the token, because a token contains no '#'.
        String bare = token.substring(token.lastIndexOf('#') + 1).strip();
        Optional<MailboxToken> mailbox = mailboxes.confirm(bare);
        if (mailbox.isPresent()) {
            response.addHeader(
                    HttpHeaders.SET_COOKIE, mailboxes.cookie(mailbox.get()).toString());
            Redirects.seeOther(response, "/open?done=" + MAILBOX);
            return null;
        }
        Optional<Registration> opened = tokens.read(bare).flatMap(registrations::openedBy);
        if (opened.isEmpty()) {
            String why = mailboxes.isEnded(bare) ? "open.ended" : "open.bad";
            ModelAndView page = page(views.localizer(locale), why, to, response);
            page.setStatus(HttpStatus.UNAUTHORIZED);
            return page;
        }
        UUID id = opened.get().id();
        response.addHeader(HttpHeaders.SET_COOKIE, callers.cookie(id, bare).toString());
        @Nullable String document = isThere(to, opened.get()) ? document(to) : null;
        Redirects.seeOther(response, document == null ? "/registrations/" + id : "/api/registrations/" + id + document);
        return null;
    }

    /** Whether the document exists now; if not, the browser gets the registration's page instead. */
    private static boolean isThere(String to, Registration now) {
        return switch (to.split("\\.", 2)[0]) {
            case "ticket" -> now.hasTickets();
            case "calendar" -> now.status() == Status.CONFIRMED || now.status() == Status.CANCELLED;
            case "invoice" ->
                now.status() == Status.PENDING_PAYMENT
                        && !now.isBeingBooked()
                        && now.paymentMethod() == Registration.PaymentMethod.invoice;
            default -> true;
        };
    }

    private static @Nullable String document(String to) {
        Matcher ofAttendee = OF_ATTENDEE.matcher(to);
        if (!ofAttendee.matches()) {
            return DOCUMENTS.get(to);
        }
        @Nullable String document = OF_ATTENDEES.get(ofAttendee.group(1));
        return document == null ? null : "/attendees/" + ofAttendee.group(2) + document;
    }

    /** @param bad message key that explains what is wrong with the link; {@code null} if nothing is */
    private ModelAndView page(Localizer localizer, @Nullable String bad, String to, HttpServletResponse response) {
        response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-store");
        return views.page("open", localizer.of(bad == null ? "open.title" : "open.bad-title"), localizer)
                .addObject("script", "open.js")
                .addObject("to", document(to) == null ? null : to)
                .addObject("bad", bad == null ? null : localizer.of(bad));
    }
}
