package org.openingminute.gateway.session;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.request.PageForm;
import org.openingminute.gateway.staff.DeviceCookies;
import org.openingminute.gateway.staff.LocalSignIn;
import org.openingminute.gateway.staff.Member;
import org.openingminute.kit.access.OriginCheck;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Signs staff in, with a local account on our own page or, if one is configured, with the OpenID Connect issuer. */
@RestController
@RequestMapping(SignInController.PATH)
class SignInController {

    static final String PATH = "/sign-in";
    /** The path to which the OpenID Connect issuer redirects back. */
    static final String CALLBACK = PATH + "/callback";

    private final LocalSignIn local;
    private final ProviderSignIn provider;
    private final SessionCookies cookies;
    private final DeviceCookies devices;
    private final StaffPages pages;
    private final OriginCheck origins;

    SignInController(
            LocalSignIn local,
            ProviderSignIn provider,
            SessionCookies cookies,
            DeviceCookies devices,
            StaffPages pages,
            GatewaySettings settings) {
        this.local = local;
        this.provider = provider;
        this.cookies = cookies;
        this.devices = devices;
        this.pages = pages;
        this.origins = new OriginCheck(settings.publicUrl());
    }

    @GetMapping
    Mono<ResponseEntity<byte[]>> form(@RequestParam(required = false) @Nullable String to, ServerWebExchange exchange) {
        @Nullable StaffSession session = StaffSession.of(exchange);
        if (session != null) {
            return Mono.just(ReturnPath.of(to)
                    .map(StaffPages::seeOther)
                    .orElseGet(() -> pages.signedIn(session, exchange.getRequest())));
        }
        return local.isOpen()
                ? Mono.just(pages.page("sign-in", exchange.getRequest(), values("", to)))
                : provider.begin(ReturnPath.of(to).orElse(""), exchange)
                        .map(page -> StaffPages.seeOther(page.toString()))
                        .onErrorResume(Problem.class, refusal -> failed(refusal, exchange));
    }

    @GetMapping("/callback")
    Mono<ResponseEntity<byte[]>> callback(ServerWebExchange exchange) {
        if (local.isOpen()) {
            throw Problem.notFound();
        }
        return provider.end(exchange)
                .map(login -> StaffPages.seeOther(
                        target(login.to(), login.member()),
                        cookies.begin(login.member()),
                        cookies.idToken(login.idToken())))
                .onErrorResume(Problem.class, refusal -> failed(refusal, exchange));
    }

    private Mono<ResponseEntity<byte[]>> failed(Problem refusal, ServerWebExchange exchange) {
        return Mono.just(pages.refusal(refusal, "sign-in-failed", exchange.getRequest(), Map.of()));
    }

    @PostMapping(consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    Mono<ResponseEntity<byte[]>> signIn(ServerHttpRequest request) {
        if (!local.isOpen()) {
            throw Problem.notFound();
        }
        try {
            origins.requireOwn(request);
        } catch (Problem foreign) {
            return Mono.just(again(foreign, new LinkedMultiValueMap<>(), request));
        }
        return PageForm.of(request)
                .flatMap(form -> local.signIn(form.getFirst("username"), form.getFirst("password"), request)
                        .map(member -> signedIn(member, form))
                        .onErrorResume(Problem.class, refusal -> Mono.just(again(refusal, form, request))));
    }

    private ResponseEntity<byte[]> signedIn(Member member, MultiValueMap<String, String> form) {
        return StaffPages.seeOther(target(form.getFirst("to"), member), cookies.begin(member), devices.cookie(member));
    }

    /** The page to open after sign-in: the target, else the page where the member works, else the one that says who is signed in. */
    private static String target(@Nullable String to, Member member) {
        StaffHome home = StaffHome.of(member);
        return ReturnPath.of(to).orElse(home.isPage() ? home.path() : PATH);
    }

    /** Shows the form again, with the error above it. */
    private ResponseEntity<byte[]> again(
            Problem refusal, MultiValueMap<String, String> form, ServerHttpRequest request) {
        String username = Objects.toString(form.getFirst("username"), "");
        return pages.refusal(refusal, "sign-in", request, values(username, form.getFirst("to")));
    }

    private static Map<String, String> values(String username, @Nullable String to) {
        return Map.of("wrong", "", "username", username, "to", ReturnPath.of(to).orElse(""));
    }
}
