package org.openingminute.registration.deskpages;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.pages.PageViews.Redirects;
import org.openingminute.registration.room.RoomSettings;
import org.openingminute.registration.room.RoomSettings.Mode;
import org.openingminute.registration.room.Rooms;
import org.openingminute.registration.room.Rooms.RoomWanted;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.part.Choice;
import org.openingminute.ui.part.Link;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/**
 * The page on which organisers configure a conference's waiting room. It links to the gateways' report of the queue, because only they know
 * it.
 */
@Controller
@RequestMapping("/desk/{slug}/waiting-room")
class RoomPageController {

    private static final String MODE = "mode";
    private static final String DRAW_AT = "drawAt";
    private static final String PER_SECOND = "perSecond";

    /** In the order of the form. */
    private static final List<String> FIELDS = List.of(MODE, DRAW_AT, PER_SECOND);

    /**
     * A number with a comma or a point before at most two decimals. Three digits there are refused, because they could be a thousands
     * group.
     */
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}(?:[.,]\\d{1,2})?");

    private final DeskFrame frame;
    private final Rooms rooms;

    RoomPageController(DeskFrame frame, Rooms rooms) {
        this.frame = frame;
        this.rooms = rooms;
    }

    /**
     * Shows the settings in a form.
     *
     * @param saved present if the reader has just saved the settings
     */
    @GetMapping
    ModelAndView settings(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String saved,
            HttpServletRequest request,
            HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        return view(page, shown(rooms.settings(slug), zone(page)), List.of()).addObject("saved", saved != null);
    }

    /** Saves the settings by the same rules as the API. A refused form stays on the page with what was typed. */
    @PostMapping
    @Nullable
    ModelAndView set(@PathVariable String slug, HttpServletRequest request, HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        Map<String, String> typed = typed(request);
        List<FieldError> found = new ArrayList<>();
        RoomWanted wanted = wanted(typed, rooms.settings(slug), zone(page), found);
        try {
            rooms.set(slug, wanted, found, page.staff().person());
        } catch (Problem problem) {
            if (problem.errors().isEmpty()) {
                throw problem;
            }
            ModelAndView view = view(page, typed, problem.errors());
            view.setStatus(problem.code().status());
            return view;
        }
        Redirects.seeOther(response, DeskEntry.WAITING_ROOM.address(slug) + "?saved");
        return null;
    }

    private DeskPage open(String slug, HttpServletRequest request, HttpServletResponse response) {
        return frame.open(request, response, Permission.ORGANISE, slug, DeskEntry.WAITING_ROOM);
    }

    private static ZoneId zone(DeskPage page) {
        return page.conference().definition().timeZone();
    }

    private static Map<String, String> typed(HttpServletRequest request) {
        return FIELDS.stream()
                .collect(Collectors.toMap(
                        field -> field,
                        field -> Objects.requireNonNullElse(request.getParameter(field), "")
                                .strip()));
    }

    /** Formats the settings for the form. */
    private static Map<String, String> shown(RoomSettings settings, ZoneId zone) {
        @Nullable Instant drawAt = settings.drawAt();
        return Map.of(
                MODE,
                settings.mode().wireName(),
                DRAW_AT,
                drawAt == null ? "" : LocalDateTime.ofInstant(drawAt, zone).toString(),
                PER_SECOND,
                written(settings.perSecond()));
    }

    private static String written(@Nullable Double perSecond) {
        return perSecond == null
                ? ""
                : BigDecimal.valueOf(perSecond).stripTrailingZeros().toPlainString();
    }

    /**
     * Parses the form. The form shows less precision than the settings have, so a field that was not edited keeps its stored value, to the
     * millisecond and to the last decimal.
     *
     * @param settings the stored settings
     * @param found receives an error for each field that cannot be parsed
     */
    private static RoomWanted wanted(
            Map<String, String> typed, RoomSettings settings, ZoneId zone, List<FieldError> found) {
        return new RoomWanted(
                typed.get(MODE),
                instant(typed.getOrDefault(DRAW_AT, ""), settings.drawAt(), zone),
                number(typed.getOrDefault(PER_SECOND, ""), settings.perSecond(), found));
    }

    /**
     * Converts local time to an instant. Text that is not a time, or a time that the change to summer time skips, is passed on unchanged
     * for validation to refuse.
     */
    private static @Nullable String instant(String typed, @Nullable Instant before, ZoneId zone) {
        if (typed.isEmpty()) {
            return null;
        }
        try {
            LocalDateTime local = LocalDateTime.parse(typed.replace(' ', 'T'));
            if (before != null && local.equals(LocalDateTime.ofInstant(before, zone))) {
                return before.toString();
            }
            List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
            return offsets.isEmpty()
                    ? typed
                    : local.toInstant(offsets.getFirst()).toString();
        } catch (DateTimeException e) {
            return typed;
        }
    }

    private static @Nullable Double number(String typed, @Nullable Double before, List<FieldError> found) {
        if (typed.isEmpty()) {
            return null;
        }
        if (typed.equals(written(before))) {
            return before;
        }
        if (!NUMBER.matcher(typed).matches()) {
            found.add(FieldError.of(PER_SECOND, "not-a-number", "must be a number"));
            return null;
        }
        return Double.valueOf(typed.replace(',', '.'));
    }

    private static ModelAndView view(DeskPage page, Map<String, String> typed, List<FieldError> errors) {
        Localizer localizer = page.localizer();
        Map<String, String> problems = new LinkedHashMap<>();
        FIELDS.forEach(field -> errors.stream()
                .filter(error -> error.field().equals(field))
                .findFirst()
                .ifPresent(error -> problems.put(field, text(error, page))));
        return page.view(
                        "desk-room",
                        localizer.of(
                                "desk.room.title",
                                page.conference().definition().name()))
                .addObject(
                        "address",
                        DeskEntry.WAITING_ROOM.address(page.conference().slug()))
                .addObject("zone", zone(page).getId())
                .addObject(
                        "modes",
                        Stream.of(Mode.values())
                                .map(mode ->
                                        new Choice(mode.wireName(), localizer.of("desk.room.mode." + mode.wireName())))
                                .toList())
                .addObject("typed", typed)
                .addObject("problems", problems)
                .addObject(
                        "errors",
                        problems.entrySet().stream()
                                .map(problem -> new Link(
                                        "#room-" + problem.getKey(),
                                        localizer.of("desk.room." + problem.getKey()) + ": " + problem.getValue()))
                                .toList());
    }

    private static String text(FieldError error, DeskPage page) {
        return page.localizer()
                .find("desk.error." + error.code())
                .orElseGet(() -> page.localizer().of(error, page.times()));
    }
}
