package org.openingminute.gateway.staff;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.problem.Pages;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.problem.Problem;
import org.openingminute.ui.BusinessTime;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.desk.DeskReader;
import org.openingminute.ui.desk.DeskView;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Renders the gateway's own pages for staff, in the frame of all pages for staff. */
@Component
public final class DeskFrame {

    private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);
    private static final ResourceBundle.Control NO_OTHER_LANGUAGE =
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES);
    private static final Pattern SLUG = Pattern.compile("[a-z0-9-]{1,63}");
    private static final String CONTENT = "content";
    private static final String PART = "HX-Request";

    private final StaffAccess access;
    private final Pages pages;

    DeskFrame(StaffAccess access, Pages pages) {
        this.access = access;
        this.pages = pages;
    }

    /**
     * The content of a page.
     *
     * @param template the template in the frame {@code ui/desk}. Its fragment {@code content} is sent alone to a page that replaces
     *     only this part; the key of its title is {@code template.title}
     * @param values the model, beside {@code title}, {@code desk} and {@code isPart}, which says that the fragment is sent alone
     */
    public record Content(HttpStatus status, String template, Map<String, Object> values) {

        public Content {
            values = Map.copyOf(values);
        }

        public Content(String template, Map<String, Object> values) {
            this(HttpStatus.OK, template, values);
        }
    }

    /**
     * The conference of a page.
     *
     * @param name its name, or its slug if the name is not known
     * @param zone its time zone, or UTC if the time zone is not known
     */
    public record DeskConference(String slug, String name, ZoneId zone) {

        private static DeskConference unknown(String slug) {
            return new DeskConference(slug, slug, BusinessTime.UTC);
        }

        private static DeskConference of(String slug, JsonNode definition) {
            try {
                return new DeskConference(
                        slug,
                        definition.path("name").asString(slug),
                        ZoneId.of(definition.path("timeZone").asString("UTC")));
            } catch (DateTimeException _) {
                return unknown(slug);
            }
        }
    }

    /** Whether a text can be the slug of a conference. */
    static boolean isSlug(String text) {
        return SLUG.matcher(text).matches();
    }

    /** The texts of these pages in a language. */
    public static ResourceBundle words(Locale language) {
        return ResourceBundle.getBundle("pages/desk", language, NO_OTHER_LANGUAGE);
    }

    /**
     * A page of a conference for its organisers; other staff see that they have no access.
     *
     * @param entry the page's entry in the navigation
     * @param definition the conference's public definition; empty if it cannot be read right now
     * @param content creates the content for the organiser, who has the roles that count for the conference
     * @return an error {@code not-found} for an invalid slug, {@code unauthenticated} or {@code forbidden} for a caller who is not a
     *     member of staff
     */
    public Mono<ResponseEntity<byte[]>> page(
            DeskEntry entry,
            String slug,
            ServerHttpRequest request,
            Mono<? extends JsonNode> definition,
            BiFunction<Caller.Staff, DeskConference, Mono<Content>> content) {
        if (!isSlug(slug)) {
            return Mono.error(Problem.notFound());
        }
        return Mono.fromSupplier(() -> access.identify(Permission.ORGANISE, request))
                .flatMap(reader -> definition
                        .map(known -> DeskConference.of(slug, known))
                        .defaultIfEmpty(DeskConference.unknown(slug))
                        .flatMap(conference -> shown(reader, conference, content)
                                .map(shown -> answer(
                                        shown, view(entry, conference, reader, request), conference.zone(), request))));
    }

    /**
     * The page shown in place of one whose service does not answer. Its frame leads the reader to the pages of other services.
     *
     * @param entry the navigation entry of the missing page or of its parent; {@code null} for none
     * @param slug the slug of the missing page's conference; {@code null} for none
     * @param values the model, as in {@link Content}
     * @throws Problem {@code unauthenticated} or {@code forbidden} for a caller who is not a member of staff
     */
    ResponseEntity<byte[]> away(
            @Nullable DeskEntry entry, @Nullable String slug, ServerHttpRequest request, Map<String, Object> values) {
        Caller.Staff reader = access.identify(Permission.READ_REGISTRATION, request);
        DeskView view = slug == null
                ? DeskView.of(new DeskReader(reader.person().name(), Set.of()))
                : view(entry, DeskConference.unknown(slug), reader, request);
        return answer(
                new Content(HttpStatus.SERVICE_UNAVAILABLE, "desk-away", values), view, BusinessTime.UTC, request);
    }

    private static Mono<Content> shown(
            Caller.Staff reader,
            DeskConference conference,
            BiFunction<Caller.Staff, DeskConference, Mono<Content>> content) {
        Caller.Staff organiser;
        try {
            organiser = reader.with(Permission.ORGANISE).in(conference.slug());
        } catch (Problem denied) {
            return Mono.just(new Content(HttpStatus.FORBIDDEN, "desk-denied", Map.of()));
        }
        return content.apply(organiser, conference);
    }

    private static DeskView view(
            @Nullable DeskEntry entry, DeskConference conference, Caller.Staff reader, ServerHttpRequest request) {
        return DeskView.of(
                new DeskReader(reader.person().name(), roles(reader, conference.slug())),
                conference.slug(),
                conference.name(),
                entry,
                Pages.languageFor(request.getHeaders()));
    }

    private static Set<String> roles(Caller.Staff reader, String slug) {
        try {
            return reader.in(slug).roles().stream().map(Role::wireName).collect(Collectors.toUnmodifiableSet());
        } catch (Problem forOthers) {
            return Set.of();
        }
    }

    private ResponseEntity<byte[]> answer(Content content, DeskView view, ZoneId zone, ServerHttpRequest request) {
        Locale language = Pages.languageFor(request.getHeaders());
        boolean isPart = request.getHeaders().containsHeader(PART);
        Map<String, Object> model = new HashMap<>(content.values());
        model.put("title", words(language).getString(content.template() + ".title"));
        model.put("desk", view);
        model.put("isPart", isPart);
        return ResponseEntity.status(status(content, isPart))
                .contentType(HTML)
                .header(HttpHeaders.CONTENT_LANGUAGE, language.getLanguage())
                .header(HttpHeaders.VARY, "Accept-Language, Cookie, " + PART)
                .cacheControl(CacheControl.noStore())
                .body(pages.rendered(content.template(), isPart ? CONTENT : null, language, zone, model));
    }

    /** A page that replaces a part shows field errors only if the response is successful. */
    private static HttpStatusCode status(Content content, boolean isPart) {
        return isPart && content.status() == HttpStatus.UNPROCESSABLE_CONTENT ? HttpStatus.OK : content.status();
    }
}
