package org.openingminute.registration.pages;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.conferences.AvailabilityView;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.pages.ConferencePage.LineView;
import org.openingminute.registration.room.RoomEntry;
import org.openingminute.registration.room.RoomEntry.WaitingLine;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Controller;
import org.springframework.util.DigestUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.support.RequestContextUtils;

/**
 * The public pages of conferences. Because everyone reads them before registering, each page is rendered once and served from memory until
 * its content changes.
 */
@Controller
class ConferencePageController {

    private final Conferences conferences;
    private final PageViews views;
    private final RenderedPages pages;
    private final RoomEntry rooms;

    ConferencePageController(Conferences conferences, PageViews views, RenderedPages pages, RoomEntry rooms) {
        this.conferences = conferences;
        this.views = views;
        this.pages = pages;
        this.rooms = rooms;
    }

    /** A conference in the list. */
    record Listed(
            String path,
            String name,
            String days,
            @Nullable String place,
            String sale,
            @Nullable LineView line) {}

    /**
     * A conference and its availability.
     *
     * @param line the line in front of its sale; {@code null} for none
     */
    record Offered(
            Conference conference,
            AvailabilityView availability,
            @Nullable WaitingLine line) {}

    /** Shows the only conference, or the list of all conferences. */
    @GetMapping("/")
    ResponseEntity<byte[]> home(HttpServletRequest request, HttpServletResponse response) {
        List<Offered> all = conferences.all().stream().map(this::offered).toList();
        return all.size() == 1
                ? page(all.getFirst(), request, response)
                : pages.of(all, request, response, localizer -> list(all, localizer));
    }

    @GetMapping("/conferences/{slug}")
    ResponseEntity<byte[]> conference(
            @PathVariable String slug, HttpServletRequest request, HttpServletResponse response) {
        return page(offered(conferences.require(slug)), request, response);
    }

    private Offered offered(Conference conference) {
        AvailabilityView availability = conferences.availability(conference.slug());
        Optional<WaitingLine> line =
                availability.state().equals("closed") ? Optional.empty() : rooms.line(conference.slug());
        return new Offered(conference, availability, line.orElse(null));
    }

    private ResponseEntity<byte[]> page(Offered one, HttpServletRequest request, HttpServletResponse response) {
        Conference conference = one.conference();
        return pages.of(
                List.of(one),
                request,
                response,
                localizer -> views.page("conference", conference.definition().name(), conference, localizer)
                        .addObject("page", ConferencePage.of(conference, one.availability(), one.line(), localizer)));
    }

    private ModelAndView list(List<Offered> all, Localizer localizer) {
        return views.page("conferences", localizer.of("home.title"), localizer)
                .addObject(
                        "conferences",
                        all.stream().map(one -> listed(one, localizer)).toList());
    }

    private static Listed listed(Offered one, Localizer localizer) {
        Conference conference = one.conference();
        TimeFormat timeFormat = TimeFormat.of(conference, localizer);
        @Nullable WaitingLine line = one.line();
        return new Listed(
                "/conferences/" + conference.slug(),
                conference.definition().name(),
                timeFormat.days(
                        conference.definition().startsOn(),
                        conference.definition().endsOn()),
                ConferencePage.place(conference.definition(), localizer.locale()),
                ConferencePage.sale(conference, one.availability(), timeFormat, localizer)
                        .text(),
                line == null ? null : ConferencePage.line(conference, line, timeFormat, localizer));
    }

    /** Caches each page's last rendering. */
    @Component
    static class RenderedPages {

        private static final CacheControl SHORTLY =
                CacheControl.maxAge(Duration.ofSeconds(1)).cachePublic();
        private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

        private final PageViews views;
        private final Map<Subject, Rendered> last = new ConcurrentHashMap<>();

        RenderedPages(PageViews views) {
            this.views = views;
        }

        /**
         * Identifies a page.
         *
         * @param slug of the only conference; empty for the list
         */
        private record Subject(String slug, Locale language) {}

        /**
         * The data that a page shows; the page is rendered again if it differs.
         *
         * @param minute shown in the rehearsal's banner
         */
        private record Shown(List<Version> conferences, Optional<Instant> minute) {}

        /** A conference's revision, availability and line, without the instant of reading. */
        private record Version(
                String slug,
                long revision,
                AvailabilityView availability,
                @Nullable WaitingLine line) {

            static Version of(Offered one) {
                return new Version(
                        one.conference().slug(),
                        one.conference().revision(),
                        one.availability().asOf(Instant.EPOCH),
                        one.line());
            }
        }

        private record Rendered(Shown shown, ResponseEntity<byte[]> answer) {}

        /** Returns the page, rendered again only if its data has changed. */
        ResponseEntity<byte[]> of(
                List<Offered> all,
                HttpServletRequest request,
                HttpServletResponse response,
                Function<Localizer, ModelAndView> page) {
            Locale language = RequestContextUtils.getLocale(request);
            Subject subject =
                    new Subject(all.size() == 1 ? all.getFirst().conference().slug() : "", language);
            Shown shown = new Shown(all.stream().map(Version::of).toList(), views.bannerMinute());
            @Nullable Rendered known = last.get(subject);
            if (known == null || !known.shown().equals(shown)) {
                byte[] body = views.rendered(page.apply(views.localizer(language)), language, request, response);
                known = new Rendered(shown, answer(body, language));
                last.put(subject, known);
            }
            return known.answer();
        }

        private static ResponseEntity<byte[]> answer(byte[] body, Locale language) {
            return ResponseEntity.ok()
                    .cacheControl(SHORTLY)
                    .header(HttpHeaders.VARY, HttpHeaders.ACCEPT_LANGUAGE)
                    .header(HttpHeaders.CONTENT_LANGUAGE, language.toLanguageTag())
                    .contentType(HTML)
                    .eTag(DigestUtils.md5DigestAsHex(body))
                    .body(body);
        }
    }
}
