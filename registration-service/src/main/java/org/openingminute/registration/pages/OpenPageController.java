package org.openingminute.registration.pages;

import jakarta.servlet.http.HttpServletResponse;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.access.AccessTokens;
import org.openingminute.registration.access.Callers;
import org.openingminute.registration.lifecycle.Registration;
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
 * Where the links of mails lead. The token is behind {@code #}, so no server sees it until the page sends it, by script or out
 * of a field into which the link is pasted; then it becomes a cookie for that registration alone.
 */
@Controller
@RequestMapping("/open")
class OpenPageController {

    private final AccessTokens tokens;
    private final Callers callers;
    private final Registrations registrations;
    private final PageViews views;

    OpenPageController(AccessTokens tokens, Callers callers, Registrations registrations, PageViews views) {
        this.tokens = tokens;
        this.callers = callers;
        this.registrations = registrations;
        this.views = views;
    }

    @GetMapping
    ModelAndView page(Locale locale, HttpServletResponse response) {
        return page(views.words(locale), false, response);
    }

    @PostMapping(consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    @Nullable
    ModelAndView open(@RequestParam(defaultValue = "") String token, Locale locale, HttpServletResponse response) {
        // The whole link or what is behind it: a token has no '#'.
        String bare = token.substring(token.lastIndexOf('#') + 1).strip();
        Optional<Registration> opened = tokens.read(bare).flatMap(registrations::openedBy);
        if (opened.isEmpty()) {
            ModelAndView page = page(views.words(locale), true, response);
            page.setStatus(HttpStatus.UNAUTHORIZED);
            return page;
        }
        response.addHeader(
                HttpHeaders.SET_COOKIE, callers.cookie(opened.get().id(), bare).toString());
        Redirects.seeOther(response, "/registrations/" + opened.get().id());
        return null;
    }

    private ModelAndView page(Words words, boolean bad, HttpServletResponse response) {
        response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-store");
        return views.page("open", words.of(bad ? "open.bad-title" : "open.title"), words)
                .addObject("script", "open.js")
                .addObject("bad", bad);
    }
}
