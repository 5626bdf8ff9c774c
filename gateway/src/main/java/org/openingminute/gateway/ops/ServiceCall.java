package org.openingminute.gateway.ops;

import java.util.List;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.problem.RehearsalClock;
import org.openingminute.ui.BusinessTime;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Calls a service on behalf of an operator, with the headers by which the service itself authenticates the operator. */
@Component
class ServiceCall {

    private static final List<String> OPERATOR_HEADERS =
            List.of(HttpHeaders.AUTHORIZATION, HttpHeaders.COOKIE, HttpHeaders.ORIGIN, HttpHeaders.REFERER);

    private final ServiceProbe probe;
    private final GatewaySettings.Budgets budgets;
    private final RehearsalClock rehearsal;

    ServiceCall(ServiceProbe probe, GatewaySettings settings, RehearsalClock rehearsal) {
        this.probe = probe;
        this.budgets = settings.budgets();
        this.rehearsal = rehearsal;
    }

    /** The answer to a read; empty if none arrives within a second. */
    Mono<ObjectNode> get(Service service, String path, ServerHttpRequest operator) {
        return probe.exchange(new ServiceProbe.Question(
                        service, HttpMethod.GET, path, headers(operator), null, budgets.internal()))
                .filter(answer -> answer.status().is2xxSuccessful())
                .map(ServiceProbe.ProbeResult::body);
    }

    /** The answer to an act, which may be a refusal; empty if the outcome is unknown. The call carries business time. */
    Mono<ServiceProbe.ProbeResult> post(Service service, String path, ServerHttpRequest operator, ObjectNode body) {
        HttpHeaders headers = headers(operator);
        rehearsal.now().ifPresent(now -> headers.set(BusinessTime.HEADER, now.toString()));
        return probe.exchange(
                new ServiceProbe.Question(service, HttpMethod.POST, path, headers, body, budgets.registration()));
    }

    private static HttpHeaders headers(ServerHttpRequest operator) {
        HttpHeaders headers = new HttpHeaders();
        for (String name : OPERATOR_HEADERS) {
            List<String> values = operator.getHeaders().get(name);
            if (values != null) {
                headers.addAll(name, values);
            }
        }
        return headers;
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
