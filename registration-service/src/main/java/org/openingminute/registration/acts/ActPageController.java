package org.openingminute.registration.acts;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.ModelAndView;

/** Routes the pages of all acts on a registration. */
@Controller
@RequestMapping("/desk/{slug}/registrations/{id}")
class ActPageController {

    private final ActPages pages;

    ActPageController(ActPages pages) {
        this.pages = pages;
    }

    @GetMapping("/refund")
    ModelAndView refund(
            @PathVariable String slug,
            @PathVariable UUID id,
            HttpServletRequest request,
            HttpServletResponse response) {
        return pages.blank(Act.REFUND, slug, id, request, response);
    }

    @PostMapping("/refund")
    @Nullable
    ModelAndView refundSent(
            @PathVariable String slug,
            @PathVariable UUID id,
            HttpServletRequest request,
            HttpServletResponse response) {
        return pages.sent(Act.REFUND, slug, id, request, response);
    }

    @GetMapping("/cancel")
    ModelAndView cancel(
            @PathVariable String slug,
            @PathVariable UUID id,
            HttpServletRequest request,
            HttpServletResponse response) {
        return pages.blank(Act.CANCEL, slug, id, request, response);
    }

    @PostMapping("/cancel")
    @Nullable
    ModelAndView cancelSent(
            @PathVariable String slug,
            @PathVariable UUID id,
            HttpServletRequest request,
            HttpServletResponse response) {
        return pages.sent(Act.CANCEL, slug, id, request, response);
    }

    @GetMapping("/mark-paid")
    ModelAndView markPaid(
            @PathVariable String slug,
            @PathVariable UUID id,
            HttpServletRequest request,
            HttpServletResponse response) {
        return pages.blank(Act.MARK_PAID, slug, id, request, response);
    }

    @PostMapping("/mark-paid")
    @Nullable
    ModelAndView markPaidSent(
            @PathVariable String slug,
            @PathVariable UUID id,
            HttpServletRequest request,
            HttpServletResponse response) {
        return pages.sent(Act.MARK_PAID, slug, id, request, response);
    }

    @GetMapping("/accept-offer")
    ModelAndView acceptOffer(
            @PathVariable String slug,
            @PathVariable UUID id,
            HttpServletRequest request,
            HttpServletResponse response) {
        return pages.blank(Act.ACCEPT_OFFER, slug, id, request, response);
    }

    @PostMapping("/accept-offer")
    @Nullable
    ModelAndView acceptOfferSent(
            @PathVariable String slug,
            @PathVariable UUID id,
            HttpServletRequest request,
            HttpServletResponse response) {
        return pages.sent(Act.ACCEPT_OFFER, slug, id, request, response);
    }

    @GetMapping("/contact")
    ModelAndView contact(
            @PathVariable String slug,
            @PathVariable UUID id,
            HttpServletRequest request,
            HttpServletResponse response) {
        return pages.blank(Act.CORRECT_CONTACT, slug, id, request, response);
    }

    @PostMapping("/contact")
    @Nullable
    ModelAndView contactSent(
            @PathVariable String slug,
            @PathVariable UUID id,
            HttpServletRequest request,
            HttpServletResponse response) {
        return pages.sent(Act.CORRECT_CONTACT, slug, id, request, response);
    }

    @GetMapping("/new-link")
    ModelAndView newLink(
            @PathVariable String slug,
            @PathVariable UUID id,
            HttpServletRequest request,
            HttpServletResponse response) {
        return pages.blank(Act.NEW_LINK, slug, id, request, response);
    }

    @PostMapping("/new-link")
    @Nullable
    ModelAndView newLinkSent(
            @PathVariable String slug,
            @PathVariable UUID id,
            HttpServletRequest request,
            HttpServletResponse response) {
        return pages.sent(Act.NEW_LINK, slug, id, request, response);
    }
}
