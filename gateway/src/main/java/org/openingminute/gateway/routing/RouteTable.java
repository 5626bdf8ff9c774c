package org.openingminute.gateway.routing;

import java.time.Duration;
import java.util.List;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.Service;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The service and the time budget of each path. The first matching rule counts; a path without a rule is not found. */
@Configuration(proxyBeanMethods = false)
class RouteTable {

    /** Paths of the gateway itself, which are never passed on, except a dead letter's, which names its service. */
    private static final String[] OWN = {
        "/api/session/**",
        "/api/ops/**",
        "/api/version/**",
        "/api/openapi.json/**",
        "/api/asyncapi.yaml/**",
        "/api/schemas/**",
        "/api/docs/**",
        "/api/waiting-room/**",
        "/assets/gateway/**"
    };

    private record Rule(String id, Service service, Duration budget, List<String> paths) {}

    private static List<Rule> rules(GatewaySettings.Budgets budgets) {
        return List.of(
                new Rule("payment-webhooks", Service.PAYMENT, budgets.webhooks(), List.of("/api/payments/webhooks/**")),
                new Rule(
                        "payment",
                        Service.PAYMENT,
                        budgets.payment(),
                        List.of(
                                "/api/payments/**",
                                "/sandbox/**",
                                "/api/registrations/*/receipt.pdf",
                                "/api/registrations/*/invoice.pdf",
                                "/api/registrations/*/credit-note.pdf")),
                new Rule(
                        "notification",
                        Service.NOTIFICATION,
                        budgets.notification(),
                        List.of(
                                "/mailbox/**",
                                "/api/conferences/*/interest",
                                "/api/conferences/*/mailbox-confirmations",
                                "/conferences/*/interest",
                                "/conferences/*/mailbox-confirmations",
                                "/interest/**",
                                "/open/link",
                                "/api/admin/mails/**",
                                "/api/admin/conferences/*/announcements",
                                "/api/admin/conferences/*/mails/**",
                                "/api/registrations/*/mails",
                                "/api/registrations/*/attendees/*/ticket.pdf",
                                "/api/registrations/*/attendees/*/calendar.ics",
                                "/api/registrations/*/attendees/*/invitation-letter.pdf",
                                "/api/unsubscribe/**")),
                new Rule(
                        "registration-stream",
                        Service.REGISTRATION,
                        budgets.stream(),
                        List.of("/api/registrations/*/stream")),
                new Rule(
                        "registration",
                        Service.REGISTRATION,
                        budgets.registration(),
                        List.of(
                                "/",
                                "/api/**",
                                "/conferences/**",
                                "/registrations/**",
                                "/open",
                                "/open/close",
                                "/assets/**",
                                "/.well-known/ticket-keys")));
    }

    @Bean
    RouteLocator routes(RouteLocatorBuilder builder, GatewaySettings settings, Breakers breakers, ServiceCalls calls) {
        RouteLocatorBuilder.Builder routes = builder.routes();
        List<Rule> rules = rules(settings.budgets());
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            int order = i;
            routes.route(
                    rule.id(),
                    route -> route.order(order)
                            .path(false, rule.paths().toArray(String[]::new))
                            .and()
                            .not(own -> own.path(OWN))
                            .filters(filters ->
                                    filters.filter(new UpstreamFilter(calls, rule.service(), breakers, rule.budget())))
                            .uri(settings.urlOf(rule.service())));
        }
        for (Service service : Service.values()) {
            Duration budget = budgetOf(service, settings.budgets());
            routes.route(
                    "dead-letters-of-" + service.wireName(),
                    route -> route.path(false, "/api/ops/dead-letters/" + service.wireName() + ".{id}/**")
                            .filters(filters -> filters.rewritePath("/api/(?<rest>.*)", "/internal/${rest}")
                                    .filter(new UpstreamFilter(calls, service, breakers, budget)))
                            .uri(settings.urlOf(service)));
        }
        return routes.build();
    }

    private static Duration budgetOf(Service service, GatewaySettings.Budgets budgets) {
        return switch (service) {
            case REGISTRATION -> budgets.registration();
            case PAYMENT -> budgets.payment();
            case NOTIFICATION -> budgets.notification();
        };
    }
}
