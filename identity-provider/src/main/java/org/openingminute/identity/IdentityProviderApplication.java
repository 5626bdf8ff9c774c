package org.openingminute.identity;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;

/** An OpenID Connect issuer with two people, whose password is their name backwards. */
@SpringBootApplication(proxyBeanMethods = false)
public class IdentityProviderApplication {

    private static final Map<String, Map<String, Object>> PEOPLE = Map.of(
            "grace",
            Map.of("name", "Grace Hopper", "email", "grace@example.org", "groups", List.of("organiser", "navy")),
            "ada",
            Map.of("name", "Ada Lovelace", "email", "ada@example.org", "groups", List.of("organiser", "operator")));

    public static void main(String[] args) {
        SpringApplication.run(IdentityProviderApplication.class, args);
    }

    @Bean
    UserDetailsService people() {
        return new InMemoryUserDetailsManager(PEOPLE.keySet().stream()
                .map(name -> User.withUsername(name)
                        .password("{noop}" + new StringBuilder(name).reverse())
                        .build())
                .toList());
    }

    @Bean
    OAuth2TokenCustomizer<JwtEncodingContext> claimsOfPeople() {
        return token -> {
            Authentication person = requireNonNull(token.getPrincipal());
            if (OidcParameterNames.ID_TOKEN.equals(token.getTokenType().getValue())) {
                token.getClaims().claims(claims -> claims.putAll(PEOPLE.getOrDefault(person.getName(), Map.of())));
            }
        };
    }
}
