package org.openingminute.notification.mailbox;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.notification.mailbox.MailTrap.Newest;
import org.openingminute.notification.mailbox.MailTrap.TrappedMail;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The pages of a rehearsal's mailbox: a list, newest first, and single mails. */
@Hidden
@Controller
@ConditionalOnRehearsal
@RequestMapping("/mailbox")
class MailboxPageController {

    private static final int ON_A_PAGE = 50;

    /** Mails are shown in a frame that allows no scripts, and load nothing from elsewhere. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; "
            + "style-src 'self' 'unsafe-inline'; frame-src 'self'; form-action 'self'; base-uri 'none'";

    private final MailTrap trap;

    MailboxPageController(MailTrap trap) {
        this.trap = trap;
    }

    /** Read by the pages' frame. */
    @ModelAttribute("rehearsal")
    boolean isRehearsal() {
        return true;
    }

    @GetMapping
    String list(
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(defaultValue = "1") String page,
            Model model,
            Locale locale,
            HttpServletResponse response) {
        @Nullable String address = to == null || to.isBlank() ? null : to;
        int shown = Math.max(1, number(page));
        Newest newest = trap.newest(address, (shown - 1) * ON_A_PAGE, ON_A_PAGE);
        int pages = Math.max(1, (newest.count() + ON_A_PAGE - 1) / ON_A_PAGE);
        if (shown > pages) {
            shown = pages;
            newest = trap.newest(address, (shown - 1) * ON_A_PAGE, ON_A_PAGE);
        }
        model.addAttribute("to", to == null ? "" : to);
        model.addAttribute("count", newest.count());
        model.addAttribute("page", shown);
        model.addAttribute("pages", pages);
        model.addAttribute(
                "mails",
                newest.mails().stream()
                        .map(mail -> new MailRow(
                                mail.id(),
                                mail.to() == null ? "" : mail.to(),
                                mail.subject(),
                                ShownMoment.at(mail.at(), locale)))
                        .toList());
        protect(response);
        return "mailbox";
    }

    @GetMapping("/{id}")
    String read(
            @PathVariable String id,
            @RequestHeader(name = HttpHeaders.ACCEPT, defaultValue = "") String accepted,
            Model model,
            Locale locale,
            HttpServletResponse response) {
        Optional<TrappedMail> found = trap.find(id);
        if (found.isEmpty()) {
            if (!accepted.contains(MediaType.TEXT_HTML_VALUE)) {
                throw new Problem(CommonProblem.NOT_FOUND, "There is no such mail in the mailbox.");
            }
            response.setStatus(HttpStatus.NOT_FOUND.value());
            protect(response);
            return "mailbox-gone";
        }
        TrappedMail mail = found.get();
        model.addAttribute("mail", mail);
        model.addAttribute("arrived", ShownMoment.at(mail.at(), locale));
        model.addAttribute("html", mail.html() == null ? "" : withLinksOutside(mail.html()));
        protect(response);
        return "mailbox-mail";
    }

    /** Makes links in the mail replace this page instead of opening inside the frame. */
    private static String withLinksOutside(String html) {
        return html.contains("<head>")
                ? html.replaceFirst("<head>", "<head><base target=\"_top\">")
                : "<base target=\"_top\">" + html;
    }

    private static int number(String page) {
        return page.matches("[0-9]{1,6}") ? Integer.parseInt(page) : 1;
    }

    private static void protect(HttpServletResponse response) {
        response.setHeader("Content-Security-Policy", POLICY);
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    }

    /** A row of the list. */
    record MailRow(String id, String to, @Nullable String subject, ShownMoment arrived) {}

    /** The arrival of a mail: machine-readable for a {@code time} element, and formatted as on the other pages. */
    record ShownMoment(String iso, String date, String time) {

        static ShownMoment at(Instant instant, Locale locale) {
            ZonedDateTime there = instant.atZone(ZoneOffset.UTC);
            return new ShownMoment(
                    instant.toString(),
                    DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG)
                            .withLocale(locale)
                            .format(there),
                    DateTimeFormatter.ofLocalizedTime(FormatStyle.SHORT)
                            .withLocale(locale)
                            .format(there));
        }
    }
}
