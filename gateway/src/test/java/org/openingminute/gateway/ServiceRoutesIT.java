package org.openingminute.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.testing.AccessMatrix.Route;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * Proves that the gateway forwards each public route of a service to that service. The routes come from the table that the service's own
 * access test maintains.
 */
@GatewayTest
class ServiceRoutesIT {

    @Autowired
    private ServiceFixture gateway;

    @Test
    void each_route_of_a_service_is_passed_on_to_it() throws IOException {
        Map<String, StubService> services = Map.of(
                "registration-service", gateway.registration,
                "payment-service", gateway.payment,
                "notification-service", gateway.notification);
        for (Map.Entry<String, StubService> service : services.entrySet()) {
            for (Route route : routesOf(service.getKey())) {
                String path =
                        route.path().replaceAll("\\{\\w+}", UUID.randomUUID().toString());
                gateway.send(
                        path,
                        request -> request.header("Authorization", "Bearer a-token")
                                .method(
                                        route.method(),
                                        route.method().equals("GET")
                                                ? BodyPublishers.noBody()
                                                : BodyPublishers.ofString("{}")));
                assertThat(service.getValue().received())
                        .as("%s goes to %s", route.name(), service.getKey())
                        .anySatisfy(received -> assertThat(received.method() + " " + received.uri())
                                .isEqualTo(route.method() + " " + path));
            }
        }
    }

    /** The public routes in the access table of a service. */
    private static List<Route> routesOf(String service) throws IOException {
        return Files.readAllLines(Path.of("..", service, "src/test/resources/access.md")).stream()
                .filter(line -> line.matches("\\| [A-Z]+ /.*"))
                .map(line -> line.split("[| ]+"))
                .map(cells -> new Route(cells[1], cells[2], Arrays.asList(cells).contains("(form)")))
                .filter(route -> !route.path().startsWith("/internal/"))
                .toList();
    }
}
