package org.openingminute.notification.maillog;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.openingminute.kit.problem.Problem;
import org.openingminute.notification.composition.PlainText;
import org.openingminute.notification.due.DueMail;
import org.openingminute.notification.due.MailKind;
import org.openingminute.notification.ops.PlainPages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/**
 * Mails a new link to a registrant who has lost it but knows the reference and the address. The response is always the same, so only the
 * owner of the mailbox learns more.
 */
@Hidden
@Controller
class LinkPageController {

    private static final Logger log = LoggerFactory.getLogger(LinkPageController.class);
    private static final String BY = "registrant";

    private final MailLogRepository mails;
    private final Resends copies;
    private final HourlyLimit limit;
    private final PlainPages pages;

    LinkPageController(MailLogRepository mails, Resends copies, HourlyLimit limit, PlainPages pages) {
        this.mails = mails;
        this.copies = copies;
        this.limit = limit;
        this.pages = pages;
    }

    private Optional<UUID> found(String reference, String email) {
        return PlainText.isLine(reference + email) ? mails.registrationOf(reference, email) : Optional.empty();
    }

    @PostMapping(path = "/open/link", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    ModelAndView send(
            @RequestParam(defaultValue = "") String reference,
            @RequestParam(defaultValue = "") String email,
            Locale locale,
            HttpServletResponse response) {
        found(reference.strip(), email.strip()).ifPresent(registration -> {
            try {
                copies.order(
                        Resends.ResendOrder.of(registration, new DueMail(MailKind.LINK, ""), null, BY),
                        null,
                        () -> limit.check(registration));
            } catch (Problem refused) {
                log.info("No fresh link for registration {}: {}", registration, refused.getMessage());
            }
        });
        return pages.page(
                HttpStatus.ACCEPTED,
                pages.text(locale, "link.look"),
                List.of(pages.text(locale, "link.look-text"), pages.text(locale, "link.look-nothing")),
                null,
                null,
                response);
    }
}
