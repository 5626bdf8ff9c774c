package org.openingminute.gateway.staff;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.problem.Pages;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.problem.Problem;
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

/** The gateway's own pages for staff, in the frame of all pages for staff. */
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
     * What a page shows.
     *
     * @param template in the frame {@code ui/desk}, whose fragment {@code content} is given alone to a page that exchanges it; its
     *     title has the key {@code template.title}
     * @param values of its model, beside {@code title}, {@code desk} and {@code isPart}, which says that it is given alone
     */
    public record Content(HttpStatus status, String template, Map<String, Object> values) {

        public Content {
            values = Map.copyOf(values);
        }

        public Content(String template, Map<String, Object> values) {
            this(HttpStatus.OK, template, values);
        }
    }

    /** Whether a conference can have that slug. */
    static boolean isSlug(String text) {
        return SLUG.matcher(text).matches();
    }

    /** The texts of these pages in a language. */
    public static ResourceBundle words(Locale language) {
        return ResourceBundle.getBundle("pages/desk", language, NO_OTHER_LANGUAGE);
    }

    /**
     * The page of a conference, for its organisers; other staff are told that they have no access.
     *
     * @param entry of the navigation
     * @param content for the organiser with the roles that count there
     * @return an error {@code not-found} for what cannot be a slug, {@code unauthenticated} or {@code forbidden} for a caller who is none
     *     of the staff
     */
    public Mono<ResponseEntity<byte[]>> page(
            DeskEntry entry, String slug, ServerHttpRequest request, Function<Caller.Staff, Mono<Content>> content) {
        if (!isSlug(slug)) {
            return Mono.error(Problem.notFound());
        }
        return Mono.fromSupplier(() -> access.identify(Permission.ORGANISE, request))
                .flatMap(reader -> shown(reader, slug, content)
                        .map(shown -> answer(shown, view(entry, slug, reader, request), request)));
    }

    /**
     * The page in place of one whose owner does not answer. From its frame the reader goes on to what others own.
     *
     * @param entry of the navigation on which the missing page stands, or below which; {@code null} for none
     * @param slug of the conference that the missing page is about; {@code null} for none
     * @param values of its model, as {@link Content} takes them
     * @throws Problem {@code unauthenticated} or {@code forbidden} for a caller who is none of the staff
     */
    ResponseEntity<byte[]> away(
            @Nullable DeskEntry entry, @Nullable String slug, ServerHttpRequest request, Map<String, Object> values) {
        Caller.Staff reader = access.identify(Permission.READ_REGISTRATION, request);
        DeskView view = slug == null
                ? DeskView.of(new DeskReader(reader.person().name(), Set.of()))
                : view(entry, slug, reader, request);
        return answer(new Content(HttpStatus.SERVICE_UNAVAILABLE, "desk-away", values), view, request);
    }

    private static Mono<Content> shown(
            Caller.Staff reader, String slug, Function<Caller.Staff, Mono<Content>> content) {
        Caller.Staff organiser;
        try {
            organiser = reader.with(Permission.ORGANISE).in(slug);
        } catch (Problem denied) {
            return Mono.just(new Content(HttpStatus.FORBIDDEN, "desk-denied", Map.of()));
        }
        return content.apply(organiser);
    }

    private static DeskView view(
            @Nullable DeskEntry entry, String slug, Caller.Staff reader, ServerHttpRequest request) {
        return DeskView.of(
                new DeskReader(reader.person().name(), roles(reader, slug)),
                slug,
                slug,
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

    private ResponseEntity<byte[]> answer(Content content, DeskView view, ServerHttpRequest request) {
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
                .body(pages.rendered(content.template(), isPart ? CONTENT : null, language, model));
    }

    /** A page that exchanges a part shows what is wrong with its fields only in an answer that is good. */
    private static HttpStatusCode status(Content content, boolean isPart) {
        return isPart && content.status() == HttpStatus.UNPROCESSABLE_CONTENT ? HttpStatus.OK : content.status();
    }
}
